"""Games of a file as rows of the table, and why the others are left out."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from insei.engine.errors import BadSgf
from insei.engine.planes.replays import POINT_BITS, WHITE_BIT, Replays
from insei.engine.position import Position
from insei.engine.rules import WHITE, Rules, tromp_taylor
from insei.engine.sgf.record import read_sgf
from insei.engine.sgf.root import handicap_read, komi_read, result_read, rules_read, size_read
from insei.engine.sgf.scanned_game import ScannedGame, scan_games, unescaped
from insei.selfplay.records.judging import with_ownership
from insei.selfplay.records.recorded_games import Ending
from insei.selfplay.records.sources import Piece
from insei.selfplay.records.table import RecordedGame

SETUP = re.compile(rb"A[BWE]\s*\[|PL\s*\[")
SHORTEST = 0.1  # moves a point: shorter games are left out
ABANDONED = 0.3  # moves a point of a game without a winner
YEAR = re.compile(r"(?:1[0-9]|20)\d\d")
RANK = re.compile(r"(\d{1,2})\s*(?:-?\s*)(d|k|p|dan|kyu|pro|段|級|级)", re.IGNORECASE)
ENDINGS = {"R": Ending.RESIGNATION, "T": Ending.TIME, "F": Ending.FORFEIT}
UNKNOWN_RANK = -100


class LeftOut(Exception):
    """A game that is not imported; the reason is one of a few words."""


@dataclass(frozen=True)
class Wanted:
    """Which games are imported."""

    sizes: tuple[tuple[int, int], ...] = ()  # width and height; none: all
    first_year: int | None = None
    last_year: int | None = None
    lowest_rank: int | None = None  # by `rank_read`, of the weaker player
    min_moves: int | None = None  # None: a tenth of the board's points
    max_handicap: int | None = None

    def check(self, game: RecordedGame) -> None:
        """Raise LeftOut unless a game is wanted."""
        if self.sizes and (game.width, game.height) not in self.sizes:
            raise LeftOut("another size")
        area = game.width * game.height
        shortest = SHORTEST * area if self.min_moves is None else self.min_moves
        if len(game.moves) < max(1, shortest):
            raise LeftOut("too short")
        if game.winner is None and len(game.moves) < ABANDONED * area:
            raise LeftOut("abandoned")
        if self.max_handicap is not None and game.handicap > self.max_handicap:
            raise LeftOut("handicap")
        if self.first_year is not None or self.last_year is not None:
            found = YEAR.search(game.date)
            year = int(found[0]) if found else None
            if year is None or not (self.first_year or 0) <= year <= (self.last_year or 9999):
                raise LeftOut("year")
        if self.lowest_rank is not None:
            ranks = rank_read(game.black_rank), rank_read(game.white_rank)
            if min(ranks) < self.lowest_rank:
                raise LeftOut("rank")


def rank_read(said: str) -> int:
    """A rank as a number: 1 dan is 1, 9 dan 9, 1 kyu 0, 30 kyu -29, professionals 10 and more."""
    found = RANK.search(said)
    if found is None:
        return UNKNOWN_RANK
    number, kind = int(found[1]), found[2].lower()
    if kind.startswith("p"):
        return 9 + number
    return number if kind in ("d", "dan", "段") else 1 - number


@dataclass
class PieceGames:
    """What was found in a piece of a file."""

    games: list[RecordedGame] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)
    examples: dict[str, str] = field(default_factory=dict)  # a source by reason
    cut: int = 0  # games that are read up to a move that can't be played

    def add(self, game: RecordedGame, wanted: Wanted) -> None:
        """Keep a game.

        Raises:
            LeftOut: it is not wanted.
        """
        wanted.check(game)
        self.games.append(with_passes(game))

    @contextmanager
    def counting(self, source: str) -> Iterator[None]:
        """Count a game that is left out, or damaged, and go on."""
        try:
            yield
        except (LeftOut, BadSgf) as error:
            reason = str(error) if isinstance(error, LeftOut) else "damaged"
            self.left_out[reason] += 1
            self.examples.setdefault(reason, source)


def games_of(piece: Piece, wanted: Wanted, *, judges: bool = False) -> PieceGames:
    """Read the games of a piece; find the owners of the points if `judges`."""
    found = PieceGames()
    plain: list[tuple[RecordedGame, bytes]] = []
    start, number = 0, piece.number
    for scanned in scan_games(piece.text):
        source = f"{piece.source}#{number}"
        text = piece.text[start : scanned.end]
        start, number = scanned.end, number + 1
        with found.counting(source):
            plain_game = read_plain(scanned, text, source)
            if plain_game is not None:
                plain.append((plain_game, text))
            else:
                found.add(read_by_rules(scanned, text, source), wanted)
    for (game, text), is_legal in zip(plain, are_legal([game for game, _ in plain]), strict=True):
        with found.counting(game.source):
            if not is_legal:
                found.cut += 1
                game = read_by_rules(ScannedGame(text), text, game.source)
            found.add(game, wanted)
    if judges:
        found.games = [with_ownership(game) for game in found.games]
    return found


def with_passes(game: RecordedGame) -> RecordedGame:
    """A counted game with the passes that ended it, which most files leave out.

    Without them a net would never see when to pass. A game of few moves has perhaps been cut, and
    stays as it is.
    """
    area = game.width * game.height
    if game.ending != Ending.COUNT or len(game.moves) < ABANDONED * area:
        return game
    moves = game.moves.tolist()
    while [move & POINT_BITS for move in moves[-2:]] != [area, area]:
        moves.append(area | (~moves[-1] & WHITE_BIT))
    return replace(game, moves=np.array(moves, np.uint16))


def are_legal(games: Sequence[RecordedGame]) -> NDArray[np.bool_]:
    """Which games' moves are all legal under simple ko, `[G]`."""
    lengths = np.array([len(game.moves) for game in games], np.int64)
    if not len(games):
        return np.zeros(0, np.bool_)
    replays = Replays(
        [(game.height, game.width) for game in games],
        [game.komi for game in games],
        np.zeros(len(games), np.bool_),
        np.concatenate([game.moves for game in games]),
        np.append(0, np.cumsum(lengths)),
        [],
        np.zeros(len(games) + 1, np.int64),
    )
    return replays.num_legal() == lengths


def read_plain(scanned: ScannedGame, text: bytes, source: str) -> RecordedGame | None:
    """A game from an empty board, its moves as they are written; None if it is another one.

    Raises:
        LeftOut: it is no game of Go, on no board that we know, or has no move.
        BadSgf: its size is not one.
    """
    root = {name: unescaped(values[0], True) for name, values in scanned.root.items() if values}
    if root.get("GM", "1").strip() not in ("", "1"):
        raise LeftOut("another game than Go")
    try:
        width, height = size_read(root.get("SZ"), ignore)
    except BadSgf:
        raise LeftOut("a board that we do not play") from None
    if SETUP.search(text) or handicap_read(root.get("HA", "")):
        return None
    moves, colours = scanned.main_line(width, height)
    if not len(moves):
        raise LeftOut("no move")
    coded = moves.astype(np.uint16)
    coded[colours == WHITE] |= WHITE_BIT
    named = rules_read(root.get("RU", ""), ignore) or tromp_taylor()
    return RecordedGame(
        width, height, coded, komi=komi_of(root, named), **told_by(root, named, source)
    )


def read_by_rules(scanned: ScannedGame, text: bytes, source: str) -> RecordedGame:
    """A game as `read_sgf` reads it: with setup, handicap, and lines cut where they must be.

    Raises:
        LeftOut: it has no move.
        BadSgf: it can't be read.
    """
    root = {name: unescaped(values[0], True) for name, values in scanned.root.items() if values}
    record = read_sgf(text)
    position = record.position
    if not position.num_moves:
        raise LeftOut("no move")
    rules = position.rules
    return RecordedGame(
        rules.width,
        rules.height,
        coded_moves(position),
        coded_stones(position),
        rules.komi,
        suicide=rules.suicide,
        **told_by(root, rules, source),
    )


def coded_moves(position: Position) -> NDArray[np.uint16]:
    """A position's moves as the table holds them."""
    moves = np.array(position.moves, np.uint16)
    moves[np.array(position.movers) == WHITE] |= WHITE_BIT
    return moves


def coded_stones(position: Position) -> NDArray[np.uint16]:
    """The stones that a position began with as the table holds them."""
    board = position.initial_board.ravel()
    places = np.flatnonzero(board).astype(np.uint16)
    places[board[places] == WHITE] |= WHITE_BIT
    return places


def komi_of(root: dict[str, str], rules: Rules) -> float:
    """The komi of a game; that of its rules if the file does not say."""
    komi = komi_read(root.get("KM"), ignore, root.get("RU", ""), root.get("AP", ""))
    return rules.komi if komi is None else komi


def told_by(root: dict[str, str], rules: Rules, source: str) -> dict:
    """What a root tells of a game beside its moves, by the names of RecordedGame's fields."""
    result = result_read(root.get("RE", ""))
    winner, score, ending = result_told(result)
    return {
        "rules": root.get("RU", "").strip(),
        "territory": rules.scoring == "territory",
        "handicap": handicap_read(root.get("HA", "")),
        "winner": winner,
        "score": score,
        "ending": ending,
        "black_rank": root.get("BR", "").strip(),
        "white_rank": root.get("WR", "").strip(),
        "date": root.get("DT", "").strip(),
        "source": source,
    }


def result_told(result: str) -> tuple[int | None, float | None, Ending]:
    """Winner, Black's lead and ending by a result as SGF writes it."""
    if result in ("0", "Draw"):
        return 0, 0.0, Ending.COUNT
    if result == "Void":
        return None, None, Ending.VOID
    colour, plus, how = result.partition("+")
    if not plus or colour not in ("B", "W"):
        return None, None, Ending.UNKNOWN
    winner = 1 if colour == "B" else -1
    try:
        points = float(how)
    except ValueError:
        return winner, None, ENDINGS.get(how[:1].upper(), Ending.UNKNOWN)
    if not 0 < points < 1000:
        return winner, None, Ending.UNKNOWN
    return winner, winner * points, Ending.COUNT


def ignore(note: str) -> None:
    """Notes are for readers of one file."""
