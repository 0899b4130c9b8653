"""What a line of the analysis protocol asks for.

A query names a game and the turns of it to analyse. An action asks about the engine, or ends
queries under way. Fields are those of KataGo's analysis engine.

Source: KataGo, docs/Analysis_Engine.md.
"""

import json
import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import numpy as np

from insei.agents.search.analysis import Avoided
from insei.engine.errors import GameOver, IllegalMove
from insei.engine.handicap import num_handicap_stones
from insei.engine.position import Position
from insei.engine.rule_names import HANDICAP_BONUSES, ProgramRules, bonus_points
from insei.engine.rules import BLACK, MAX_KOMI, WHITE, Rules
from insei.engine.vertex import move_of
from insei.system.errors import UserError

COLOURS = {"B": BLACK, "BLACK": BLACK, "W": WHITE, "WHITE": WHITE}
PERSPECTIVES = ("BLACK", "WHITE", "SIDETOMOVE")
LARGEST_NUMBER = 10**9  # of visits in a query; the engine has its own limit
ACTIONS = ("query_version", "query_models", "clear_cache", "terminate", "terminate_all")
SWITCHES = (
    "includeOwnership",
    "includeOwnershipStdev",
    "includeMovesOwnership",
    "includeMovesOwnershipStdev",
    "includePolicy",
    "includePVVisits",
    "includeNoResultValue",
)
KNOWN_SETTINGS = {"maxTime", "maxVisits", "reportAnalysisWinratesAs"}  # of overrideSettings
# The rules of a name or an object, with the size and komi of other rules.
ReadRules = Callable[[object, Rules], ProgramRules]


class BadQuery(UserError):
    """A line that can't be answered.

    Args:
        what: what came and what was wanted.
        field: the field of the query; empty where none is to blame.
        id: of the query; None where it has none.
    """

    def __init__(self, what: str, field: str = "", id: str | None = None) -> None:
        super().__init__(what)
        self.field = field
        self.id = id


class Action(NamedTuple):
    """A line with an `action`."""

    id: str
    name: str  # one of ACTIONS
    echo: dict[str, Any]  # the line itself, which the answer repeats
    terminate_id: str | None = None  # the query to end; None for every one
    turns: frozenset[int] | None = None  # the turns of it to end; None for all


@dataclass(frozen=True)
class Game:
    """The game of a query. Its positions are made when they are needed: each holds its history."""

    start: Position
    moves: tuple[tuple[int, int], ...]  # colour, move

    def position(self, number: int) -> Position:
        """The position after so many moves, ready to be searched.

        Raises:
            IllegalMove: a move is illegal; the message begins with KataGo's words.
        """
        position = self.start.copy()
        for ply, (colour, move) in enumerate(self.moves[:number]):
            position = position.resumed() if position.is_over else position
            if position.to_play != colour:
                position = position.with_to_play(colour)
            try:
                position.play_in_place(move)
            except (IllegalMove, GameOver) as error:  # clients look for KataGo's first two words
                raise IllegalMove(f"Illegal move {ply}: {error}") from None
        return position.resumed() if position.is_over else position


@dataclass(frozen=True)
class Turn:
    """One position to analyse."""

    number: int  # moves played before it
    game: Game
    priority: int

    @property
    def position(self) -> Position:
        """The position, made anew each time."""
        return self.game.position(self.number)


@dataclass(frozen=True)
class Query:
    """A game, and the turns of it to analyse."""

    id: str
    turns: tuple[Turn, ...]
    visits: int | None = None  # None for the engine's own
    length: int = 16  # of each variation
    switches: frozenset[str] = frozenset()  # of SWITCHES, those that are on
    avoided: Avoided = field(default_factory=dict)
    report_every: float | None = None  # seconds between reports while a search runs
    perspective: str = "BLACK"  # one of PERSPECTIVES
    seconds: float | None = None  # after which the search ends; None for no limit
    ignored: tuple[str, ...] = ()  # settings asked for that insei has not
    unplayed: tuple[str, ...] = ()  # parts of the rules that insei does not play


def read_line(line: str, read_rules: ReadRules) -> Query | Action:
    """Read one line.

    Raises:
        BadQuery: it is no JSON object, or a field of it makes no sense.
    """
    try:
        values = json.loads(line, parse_constant=finite, parse_float=finite)
    except (ValueError, RecursionError) as error:
        raise BadQuery(f"not JSON: {error}") from None
    if not isinstance(values, dict):
        raise BadQuery(f"{type(values).__name__}: wanted a JSON object")
    id = values.get("id")
    if not isinstance(id, str):
        raise BadQuery(f"id {id!r}: wanted text", "id")
    try:
        return read_action(id, values) if "action" in values else read_query(id, values, read_rules)
    except BadQuery as error:
        error.id = id
        raise


def finite(text: str) -> float:
    """Read a number; JSON knows neither NaN nor infinity.

    Raises:
        UserError: it is not finite.
    """
    number = float(text)
    if not math.isfinite(number):
        raise UserError(f"{text[:20]}: wanted a finite number")
    return number


def read_action(id: str, values: dict[str, Any]) -> Action:
    """Read a line that has an `action`."""
    name = values["action"]
    if name not in ACTIONS:
        raise BadQuery(f"action {name!r}: wanted one of {', '.join(ACTIONS)}", "action")
    turns = None
    if name in ("terminate", "terminate_all") and "turnNumbers" in values:
        turns = frozenset(whole_numbers(values, "turnNumbers", 0, 10**6))
    target = None
    if name == "terminate":
        target = values.get("terminateId")
        if not isinstance(target, str):
            raise BadQuery(f"terminateId {target!r}: wanted a query's id", "terminateId")
    return Action(id, name, values, target, turns)


def read_query(id: str, values: dict[str, Any], read_rules: ReadRules) -> Query:
    """Read a line that asks for analyses."""
    asked = rules_of(values, read_rules)
    game = game_of(values, asked)
    rules = game.start.rules
    numbers = [len(game.moves)]
    if "analyzeTurns" in values:
        numbers = whole_numbers(values, "analyzeTurns", 0, len(game.moves))
        if not numbers:
            raise BadQuery("[]: wanted at least one turn", "analyzeTurns")
    overrides = values.get("overrideSettings", {})
    if not isinstance(overrides, dict):
        raise BadQuery(f"{overrides!r}: wanted an object", "overrideSettings")
    perspective = str(overrides.get("reportAnalysisWinratesAs", "BLACK")).upper()
    if perspective not in PERSPECTIVES:
        said = f"reportAnalysisWinratesAs {perspective!r}: wanted {', '.join(PERSPECTIVES)}"
        raise BadQuery(said, "overrideSettings")
    if "maxVisits" in overrides:
        values = {"maxVisits": overrides["maxVisits"], **values}
    switches = [name for name in SWITCHES if truth(values, name)]
    return Query(
        id,
        tuple(
            Turn(number, game, priority)
            for number, priority in zip(numbers, priorities_of(values, len(numbers)), strict=True)
        ),
        whole_number(values, "maxVisits", 1, LARGEST_NUMBER),
        1 + (whole_number(values, "analysisPVLen", 1, 1000) or 15),  # the first move is not counted
        frozenset(switches),
        avoided_by(values, rules),
        seconds(values, "reportDuringSearchEvery"),
        perspective,
        seconds(overrides, "maxTime"),
        tuple(sorted(set(overrides) - KNOWN_SETTINGS)),
        asked.left_out,
    )


def rules_of(values: dict[str, Any], read_rules: ReadRules) -> ProgramRules:
    """The board's size, the rules and the komi of a query, and how handicap stones are paid for."""
    width = whole_number(values, "boardXSize", 1, 10**6)
    height = whole_number(values, "boardYSize", 1, 10**6)
    if width is None or height is None:
        name = "boardXSize" if width is None else "boardYSize"
        raise BadQuery("missing: wanted the board's size", name)
    try:
        rules = Rules(width, height)
    except ValueError as error:
        raise BadQuery(str(error), "boardXSize" if width > height else "boardYSize") from None
    said = values.get("rules", "tromp-taylor")
    try:
        asked = read_rules(said, rules)
    except ValueError as error:
        raise BadQuery(str(error), "rules") from None
    komi = values.get("komi", asked.rules.komi)
    if isinstance(komi, bool) or not isinstance(komi, int | float) or not math.isfinite(komi):
        raise BadQuery(f"komi {komi!r}: wanted a number", "komi")
    bonus = values.get("whiteHandicapBonus", asked.handicap_bonus)
    if bonus not in HANDICAP_BONUSES:
        wanted = ", ".join(HANDICAP_BONUSES)
        raise BadQuery(f"{bonus!r}: wanted one of {wanted}", "whiteHandicapBonus")
    try:
        return asked._replace(rules=replace(asked.rules, komi=komi), handicap_bonus=bonus)
    except ValueError as error:
        raise BadQuery(str(error), "komi") from None


def game_of(values: dict[str, Any], asked: ProgramRules) -> Game:
    """The game of a query, White's points for handicap stones within its komi.

    Raises:
        BadQuery: a move is illegal, or the stones before it are no position.
    """
    rules = asked.rules
    moves = placements(values, "moves", rules)
    stones = placements(values, "initialStones", rules)
    board = np.zeros(rules.num_points, np.uint8)
    for colour, point in stones:
        if point == rules.pass_move:
            raise BadQuery("a pass: wanted a point", "initialStones")
        board[point] = colour
    first = first_to_play(values, stones, moves)
    try:
        start = Position(rules, board.reshape(rules.height, rules.width), first)
        paid = bonus_points(asked.handicap_bonus, num_handicap_stones(start, moves))
        if paid:
            paying = replace(rules, komi=min(MAX_KOMI, rules.komi + paid))
            start = Position(paying, start.board, first)
    except ValueError as error:
        raise BadQuery(str(error), "initialStones") from None
    game = Game(start, tuple(moves))
    try:
        game.position(len(moves))
    except IllegalMove as error:
        raise BadQuery(str(error), "moves") from None
    return game


def first_to_play(
    values: dict[str, Any], stones: list[tuple[int, int]], moves: list[tuple[int, int]]
) -> int:
    """Who moves first: as the query says, as its first move does, or White after handicap."""
    if "initialPlayer" in values:
        return colour_of(values["initialPlayer"], "initialPlayer")
    if moves:
        return moves[0][0]
    colours = [colour for colour, _ in stones]
    return WHITE if len(colours) > 1 and WHITE not in colours else BLACK


def placements(values: dict[str, Any], name: str, rules: Rules) -> list[tuple[int, int]]:
    """Read `[["B", "Q4"], ...]` as colours and moves."""
    said = values.get(name, [])
    if not isinstance(said, list):
        raise BadQuery(f"{said!r}: wanted a list of [player, vertex]", name)
    found = []
    for number, pair in enumerate(said):
        if not isinstance(pair, list) or len(pair) != 2:
            raise BadQuery(f"entry {number} is {pair!r}: wanted [player, vertex]", name)
        try:
            found.append((colour_of(pair[0], name), vertex_move(pair[1], rules)))
        except ValueError as error:
            raise BadQuery(f"entry {number}: {error}", name) from None
    return found


def vertex_move(said: object, rules: Rules) -> int:
    """Read a vertex: "Q4", "pass", or "(X,Y)" with 0 at the top left.

    Raises:
        UserError: it names no point of this board.
    """
    if not isinstance(said, str):
        raise UserError(f"vertex {said!r}: wanted text such as Q4")
    if said.startswith("(") and said.endswith(")"):
        x, _, y = said[1:-1].partition(",")
        if x.strip().isascii() and x.strip().isdigit() and y.strip().isdigit():
            column, row = int(x), int(y)
            if column < rules.width and row < rules.height:
                return row * rules.width + column
        raise UserError(f"vertex {said!r}: off the board")
    return move_of(said, rules)


def colour_of(said: object, name: str) -> int:
    """Read a player: B or W."""
    colour = COLOURS.get(str(said).upper())
    if colour is None:
        raise BadQuery(f"player {said!r}: wanted B or W", name)
    return colour


def avoided_by(values: dict[str, Any], rules: Rules) -> Avoided:
    """The moves that `avoidMoves` and `allowMoves` take from each colour's search."""
    if "avoidMoves" in values and "allowMoves" in values:
        raise BadQuery("beside avoidMoves: wanted one of the two", "allowMoves")
    avoided: dict[int, dict[int, int]] = {}
    for name in ("avoidMoves", "allowMoves"):
        limits = values.get(name, [])
        if not isinstance(limits, list) or not all(isinstance(limit, dict) for limit in limits):
            raise BadQuery(f"{limits!r}: wanted a list of objects", name)
        for limit in limits:
            colour, moves, depth = read_limit(limit, name, rules)
            if name == "allowMoves":
                if colour in avoided:
                    raise BadQuery("two objects of one player: wanted one", name)
                moves = frozenset(range(rules.num_actions)) - moves
            depths = avoided.setdefault(colour, {})
            depths.update({move: max(depth, depths.get(move, 0)) for move in moves})
    return avoided


def read_limit(limit: dict[str, Any], name: str, rules: Rules) -> tuple[int, frozenset[int], int]:
    """Read one entry of `avoidMoves` or `allowMoves`: colour, moves, and plies from the root."""
    colour = colour_of(limit.get("player"), name)
    depth = limit.get("untilDepth")
    if not isinstance(depth, int) or isinstance(depth, bool) or depth < 1:
        raise BadQuery(f"untilDepth {depth!r}: wanted 1 or more", name)
    vertices = limit.get("moves")
    if not isinstance(vertices, list):
        raise BadQuery(f"moves {vertices!r}: wanted a list of vertices", name)
    try:
        return colour, frozenset(vertex_move(vertex, rules) for vertex in vertices), depth
    except ValueError as error:
        raise BadQuery(str(error), name) from None


def priorities_of(values: dict[str, Any], number: int) -> list[int]:
    """The priority of each turn; higher ones are analysed first."""
    if "priorities" in values:
        if "priority" in values:
            raise BadQuery("beside priority: wanted one of the two", "priorities")
        found = whole_numbers(values, "priorities", -(2**31), 2**31)
        if len(found) != number:
            raise BadQuery(f"{len(found)} of them: wanted {number}, one a turn", "priorities")
        return found
    return [whole_number(values, "priority", -(2**31), 2**31) or 0] * number


def whole_number(values: dict[str, Any], name: str, low: int, high: int) -> int | None:
    """Read a field that is a whole number; None where it is left out."""
    if name not in values:
        return None
    value = values[name]
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise BadQuery(f"{value!r}: wanted a whole number from {low} to {high}", name)
    return value


def whole_numbers(values: dict[str, Any], name: str, low: int, high: int) -> list[int]:
    """Read a field that is a list of whole numbers."""
    if not isinstance(values[name], list):
        raise BadQuery(f"{values[name]!r}: wanted a list of whole numbers", name)
    found = [whole_number({name: value}, name, low, high) for value in values[name]]
    return [number for number in found if number is not None]


def seconds(values: dict[str, Any], name: str) -> float | None:
    """Read a field that is a time above 0; None where it is left out."""
    if name not in values:
        return None
    value = values[name]
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= 10**6:
        raise BadQuery(f"{value!r}: wanted seconds above 0", name)
    return float(value)


def truth(values: dict[str, Any], name: str) -> bool:
    """Read a field that is true or false; false where it is left out."""
    value = values.get(name, False)
    if not isinstance(value, bool):
        raise BadQuery(f"{value!r}: wanted true or false", name)
    return value
