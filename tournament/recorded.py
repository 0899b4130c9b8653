"""Games as a tournament's folder holds them: each is replayed before anything counts it.

A line of games.jsonl may be damaged, or forged. A game counts if it is one of the schedule, its
moves are legal, and it ended as the line says.
"""

import re
from collections.abc import Mapping, Sized
from pathlib import Path

from insei.engine.diagram import result_of
from insei.engine.errors import GameOver, IllegalMove
from insei.engine.position import Position
from insei.engine.rules import BLACK, opponent
from insei.system.records import BadLine, Lines, read_lines
from insei.tournament.match import Job, PlayedGame, Side, lost_as

SIDES = ("black", "white")
ILLEGAL = re.compile(r"illegal move: (-?\d{1,9}), ")


def read_games(path: Path, jobs: Mapping[str, Job]) -> Lines[PlayedGame]:
    """The recorded games of a schedule, each once; bad lines and bad games are set aside.

    Args:
        path: of games.jsonl.
        jobs: the scheduled games by id; others in the file are left out.
    """
    lines = read_lines(PlayedGame, path)
    games: dict[str, tuple[int, PlayedGame]] = {}
    bad = list(lines.bad)
    for number, game in lines.records:
        if game.id not in jobs or game.id in games:
            continue
        if why := why_not(game, jobs[game.id]):
            bad.append(BadLine(number, why))
        else:
            games[game.id] = number, game
    bad.sort(key=lambda line: line.number)
    return Lines(path, list(games.values()), bad)


def why_not(game: PlayedGame, job: Job) -> str:
    """Why a recorded game can't be that of a job; empty if it can."""
    for name in ("number", *SIDES):
        if getattr(game, name) != getattr(job, name):
            return f"{name} {getattr(game, name)!r}, wanted {getattr(job, name)!r}"
    num_opening = len(job.opening)
    if game.opening_plies != num_opening or tuple(game.moves[:num_opening]) != job.opening:
        return "another opening than the schedule's"
    try:
        position = Position(job.rules).play_all(game.moves)
    except (IllegalMove, GameOver) as error:
        return str(error)
    return why_no_end(game, position, job.max_plies) or why_no_counts(game, position)


def why_no_end(game: PlayedGame, position: Position, max_plies: int) -> str:
    """Why a game can't have ended so in its last position; empty if it can."""
    by_failing = lost_as(game.reason)
    if by_failing:
        found = ILLEGAL.match(game.reason)
        if found and position.why_illegal(int(found[1])) is None:
            return f"reason {game.reason!r}, but that move is legal"
        is_early = len(game.moves) == game.opening_plies  # where either side may have failed
        winners = {opponent(position.to_play)}
        if is_early and game.reason.startswith("failed"):
            winners.add(position.to_play)
        if position.is_over or game.winner not in winners:
            return f"winner {game.winner} by {game.reason!r}, which the moves contradict"
        wanted = f"{'B' if game.winner == BLACK else 'W'}+{by_failing}"
    else:
        reason = end_of(position, max_plies)
        if game.reason != reason:
            return f"reason {game.reason!r}; after these moves wanted {reason or 'more moves'!r}"
        wanted = result_of(position)
        if game.winner != position.winner():
            return f"winner {game.winner}; the moves give {wanted}"
    return "" if game.result == wanted else f"result {game.result!r}; the moves give {wanted!r}"


def end_of(position: Position, max_plies: int) -> str:
    """How a game that nobody resigned or failed ended; empty if it goes on."""
    if position.is_over:
        return "two passes" if position.passes >= 2 else "captures"
    return "ply limit" if position.num_moves >= max_plies else ""


def lengths_of(lists: Mapping[Side, Sized]) -> dict[str, int]:
    """How long each side's list is."""
    return {side: len(found) for side, found in lists.items()}


def why_no_counts(game: PlayedGame, position: Position) -> str:
    """Why a game can't have these times and numbers; empty if it can.

    The move by which a side resigned or broke the rules has a time, and is not among the moves.
    """
    chosen = len(game.moves) - game.opening_plies
    allowed = (chosen, chosen + 1) if lost_as(game.reason) else (chosen,)
    times = {"seconds": lengths_of(game.seconds), "cpu_seconds": lengths_of(game.cpu_seconds)}
    if not times["cpu_seconds"]:  # as the first versions recorded it
        del times["cpu_seconds"]
    for what, counts in times.items():
        if counts.keys() != set(SIDES) or sum(counts.values()) not in allowed:
            return f"{what}: wanted one of each of {chosen} moves, for black and white"
    if game.operations.keys() != set(SIDES):
        return "operations: wanted those of black and white"
    if game.win_rates and len(game.win_rates) not in allowed:
        return f"win_rates: wanted one of each of {chosen} moves"
    return ""
