"""What a finished game was, in a few plain sentences."""

from itertools import pairwise

from insei.client.game import ClientGame
from insei.client.setup import YOU
from insei.engine.rules import BLACK, COLOUR_NAMES, WHITE
from insei.engine.vertex import vertex_of

LEAST_LOSS = 0.05  # of the chance to win, that a move is blamed for


def result_in_words(game: ClientGame) -> str:
    """Who has won, for whoever sits at the screen."""
    if game.result == "0":
        return "A tie."
    winner = {"B": BLACK, "W": WHITE}.get(game.result[:1])
    if winner is None:
        return f"The result: {game.result}."
    said = f"{COLOUR_NAMES[winner].capitalize()} wins, {game.result}"
    if game.mine:
        said += ": you win" if game.mine == winner else ": you lose"
    return f"{said}."


def worst_move(game: ClientGame) -> tuple[int, float] | None:
    """The ply, from 1, of the move that lost most, and how much of the chance to win.

    Only moves made at the screen count, or all where nobody sits there.
    """
    worst: tuple[int, float] | None = None
    for ply in range(1, len(game.history)):
        mover = game.history[ply - 1].to_play
        before, after = game.worth.get(ply - 1), game.worth.get(ply)
        is_blamed = game.setup.seat(mover) == YOU or not game.has_people
        if before is None or after is None or not is_blamed:
            continue
        lost = before.win_rate - after.win_rate
        lost = lost if mover == BLACK else -lost
        if lost > LEAST_LOSS and (worst is None or lost > worst[1]):
            worst = ply, lost
    return worst


def blame(game: ClientGame) -> str:
    """Says which move lost most; empty where none lost much."""
    worst = worst_move(game)
    if worst is None or not game.history[worst[0]].moves:
        return ""
    ply, lost = worst
    vertex = vertex_of(game.history[ply].moves[-1], game.rules)
    return f"Move {ply}, {vertex}, lost most: {lost:.0%} of the chance to win."


def summary(game: ClientGame) -> str:
    """The game in a few plain sentences."""
    said = [result_in_words(game)]
    if game.reason:
        said.append(f"{game.reason[0].upper()}{game.reason[1:]}.")
    black, white = game.position.prisoners
    said.append(f"{game.position.num_moves} moves; black took {black}, white took {white}.")
    if blamed := blame(game):
        said.append(blamed)
    leads = [one.win_rate > 0.5 for _, one in sorted(game.worth.items()) if one.win_rate != 0.5]
    changes = sum(one != other for one, other in pairwise(leads))
    if len(leads) > 2:
        times = f"{changes} time{'s' if changes > 1 else ''}"
        said.append(
            f"The lead changed hands {times}." if changes
            else "One side led from beginning to end."
        )  # fmt: skip
    return " ".join(said)
