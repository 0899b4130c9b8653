"""A game in the terminal: what is played against whom, and on which of the two interfaces."""

import sys
from contextlib import closing
from pathlib import Path
from typing import Literal

from insei.agents.grammar import make_player
from insei.client.game import ClientGame
from insei.client.game_setup import YOU, GameSetup, fair_komi
from insei.client.keeping.kept_games import described, is_kept, resume, unfinished_game
from insei.client.screen import has_terminal, open_client
from insei.engine.rules import MAX_SIDE, PRESETS
from insei.levels import display_name, notes_on, opponent_named, with_net
from insei.opponents import typed_player
from insei.system.errors import UserError
from insei.system.shown import say


def check_board(size: int, rules: str) -> None:
    """Raise UserError unless there are such a board and such rules."""
    if not 1 <= size <= MAX_SIDE:
        raise UserError(f"size {size}: wanted 1 to {MAX_SIDE}")
    if rules not in PRESETS:
        raise UserError(f"rules {rules!r}: wanted one of {', '.join(PRESETS)}")


def setup_against(
    player: str,
    colour: Literal["black", "white"],
    size: int,
    komi: float | None,
    rules: str,
    handicap: int,
    minutes: float,
    seed: int,
    overtime: str = "",
) -> GameSetup:
    """A game of yours against a level or a player.

    Args:
        colour: yours.
        komi: None for a fair one.

    Raises:
        UserError: there is no such board, rules, or level.
    """
    check_board(size, rules)
    name = opponent_named(player, size)
    return GameSetup(
        size=size,
        komi=fair_komi(size, handicap, rules) if komi is None else komi,
        rules=rules,
        handicap=handicap,
        black=YOU if colour == "black" else name,
        white=YOU if colour == "white" else name,
        minutes=minutes,
        seed=seed,
        overtime=overtime,
    )


def play_game(
    setup: GameSetup, typed: str, load: Path | None, review: Path | None, plain: bool, theme: str
) -> None:
    """Play a game, or step through one.

    Args:
        typed: the opponent as it was typed: a level, or a player by the grammar.
        load: an SGF file to go on from.
        review: an SGF file to step through instead.
        plain: line by line, even on a terminal.

    Raises:
        UserError, PlayerFailed: the opponent can't play, or a file can't be used.
    """
    if review is not None:
        review_game(setup, typed, review, plain, theme)
        return
    check_player(typed, opponent_of(setup))
    game = ClientGame.load(load, setup) if load else ClientGame.begin(setup)
    begin(game, typed, plain, theme)


def side_of(path: Path | None, otherwise: int) -> int:
    """The side of a file's board; `otherwise` without a file that can be read."""
    try:
        said = described(path).size if path is not None else ""
    except (OSError, ValueError):  # loading it will say why
        said = ""
    return int(said) if said.isdecimal() and 1 <= int(said) <= MAX_SIDE else otherwise


def is_left_game(path: Path) -> bool:
    """Whether a file is a kept game that was left unfinished."""
    try:
        return is_kept(path) and described(path).is_unfinished
    except OSError as error:
        raise UserError(f"{path}: {error.strerror}") from error


def go_on(path: Path, plain: bool, theme: str) -> None:
    """Go on with an unfinished kept game, against the same opponent.

    Raises:
        UserError, PlayerFailed: the file can't be used, or the opponent can't play.
    """
    game = resume(path)
    opponent = opponent_of(game.setup)
    check_player("", opponent)
    begin(game, display_name(opponent, game.setup.size).removeprefix("level "), plain, theme)


def begin(game: ClientGame, typed: str, plain: bool, theme: str) -> None:
    """Play a game, on the board or line by line; on the board an unfinished one is offered first.

    Raises:
        UserError, PlayerFailed: the opponent can't play.
    """
    if not plain and has_terminal():
        is_new = game.file is None
        open_client(game, typed, theme, True, unfinished_game() if is_new else None)
    elif game.clocks:
        raise UserError("minutes and overtime: wanted none line by line, where no clock runs")
    else:
        play_by_lines(game)


def opponent_of(setup: GameSetup) -> str:
    """The player that isn't you, by the grammar."""
    return setup.white if setup.black == YOU else setup.black


def play_by_lines(game: ClientGame) -> None:
    """A game in lines from standard input."""
    from insei.client.line_game import LineGame, typed_lines

    size = game.rules.width
    name = opponent_of(game.setup)
    for note in game.warnings:
        say(f"{game.file}: {note}", to_error=True)
    if game.file is None and (left := unfinished_game()) is not None:
        say(f"Your last game is unfinished: `insei play {left.kept_at}` goes on with it.")
    with closing(make_player(name)) as player:
        lines = LineGame(
            player,
            game,
            display_name(name, size),
            lambda: make_player(with_net("search:NET,rule=puct", size)),
            keeps=True,
        )
        for note in notes_on(name, game.rules):
            say(note)
        for line in lines.run(typed_lines(sys.stdin)):
            say(line, flush=True)


def review_game(setup: GameSetup, opponent: str, path: Path, plain: bool, theme: str) -> None:
    """An SGF game to step through, on the board or line by line."""
    from insei.client.teaching.study_session import review_by_lines

    game = ClientGame.review(path)
    game.show_ply(0)
    if plain or not has_terminal():
        review_by_lines(game)
    else:
        open_client(game, opponent, theme, True, is_review=True, seats=setup)


def check_player(typed: str, name: str) -> None:
    """Refuse a player that can't be made, before there is a screen.

    Raises:
        UserError, PlayerFailed: why it can't.
    """
    if not typed_player(typed).isdecimal():  # a level is a name of our own, not worth half a second
        make_player(name).close()
