"""Where a game begins: the options of `reset`."""

from collections.abc import Mapping
from difflib import get_close_matches
from operator import index
from pathlib import Path
from typing import Any

from insei.engine.errors import GameOver, IllegalMove
from insei.engine.handicap import free_handicap, handicap_position
from insei.engine.position import Position
from insei.engine.rules import Rules
from insei.engine.sgf.record import read_sgf, read_sgf_file
from insei.system.errors import UserError

WAYS = ("position", "sgf", "handicap")  # one of them
PLY = "ply"  # with `sgf` or `position`: how many of its plies are played
OPTIONS = (*WAYS, PLY)


def start_of(options: Mapping[str, Any] | None, rules: Rules, max_plies: int) -> Position:
    """The position that the options of `reset` name; the empty board without options.

    The environment's rules and komi apply, whatever the position or the file says of them.

    Args:
        options: `position`, a Position; or `sgf`, the text of a file or its path; or `handicap`, a
            number of stones. `ply` cuts the first two short.
        rules: of the environment.
        max_plies: after which games are truncated.

    Raises:
        ValueError: an option is unknown or does not fit, or the game has ended there.
    """
    options = {key: value for key, value in (options or {}).items() if value is not None}
    for key in options:
        if key not in OPTIONS:
            near = get_close_matches(str(key), OPTIONS, 1)
            raise ValueError(f"option {key!r}: wanted {near[0] if near else ', '.join(OPTIONS)}")
    chosen = [key for key in WAYS if key in options]
    if len(chosen) > 1:
        raise ValueError(f"options {' and '.join(chosen)}: wanted one of them")
    if not chosen or chosen == ["handicap"]:
        if PLY in options:
            raise ValueError("option ply: wanted it with sgf or position")
        return with_handicap(rules, options["handicap"]) if chosen else Position(rules)
    if chosen == ["sgf"]:
        position = from_sgf(options["sgf"], rules)
    elif isinstance(options["position"], Position):
        position = options["position"]
    else:
        raise ValueError(f"position {options['position']!r}: wanted a Position")
    return checked(replayed(position, rules, options.get(PLY)), max_plies)


def with_handicap(rules: Rules, stones: Any) -> Position:
    """The board with handicap stones; none of them for 0 and 1."""
    try:
        number = index(stones)
    except TypeError:
        raise ValueError(f"handicap {stones!r}: wanted a whole number") from None
    if number in (0, 1):
        return Position(rules)
    return handicap_position(rules, free_handicap(rules, number))


def from_sgf(said: Any, rules: Rules) -> Position:
    """The last position of a file's main line."""
    if isinstance(said, Path):
        return read_sgf_file(said, rules).position
    if not isinstance(said, str | bytes):
        raise ValueError(f"sgf {said!r}: wanted a file's path or its text")
    if isinstance(said, bytes) or ("(" in said and ";" in said):
        return read_sgf(said, rules).position
    return read_sgf_file(Path(said), rules).position


def replayed(position: Position, rules: Rules, ply: Any) -> Position:
    """The position's moves, up to a ply, played again under `rules`."""
    own = position.rules
    if (own.width, own.height) != (rules.width, rules.height):
        raise ValueError(f"position on {own.size_name}: wanted {rules.size_name}")
    moves, movers = position.moves, position.movers
    if ply is not None:
        try:
            number = index(ply)
        except TypeError:
            raise ValueError(f"ply {ply!r}: wanted a whole number") from None
        if not 0 <= number <= len(moves):
            raise ValueError(f"ply {number}: wanted 0 to {len(moves)}, the plies of the game")
        last = movers[number] if number < len(moves) else position.to_play
        moves, movers = moves[:number], movers[:number]
    elif own == rules:
        return position.copy()
    else:
        last = position.to_play
    again = Position(rules, position.initial_board, position.initial_to_play)
    for number, (move, mover) in enumerate(zip(moves, movers, strict=True), 1):
        try:
            if again.to_play != mover:
                again = again.with_to_play(mover)
            again.play_in_place(move)
        except (IllegalMove, GameOver) as error:
            raise UserError(f"ply {number} of the position: {error}") from error
    return again if again.to_play == last else again.with_to_play(last)


def checked(position: Position, max_plies: int) -> Position:
    """The position, if a game can go on there."""
    if position.is_over:
        raise ValueError(
            f"the game is over after {position.num_moves} plies; wanted one that goes on: ply="
            f"{max(position.num_moves - 2, 0)} or less cuts it short"
        )
    if position.num_moves >= max_plies:
        raise ValueError(f"{position.num_moves} plies: wanted fewer than max_plies, {max_plies}")
    return position
