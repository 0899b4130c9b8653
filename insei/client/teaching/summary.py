"""A finished game in a few sentences."""

from insei.agents.search.mistakes import lead_changes
from insei.client.game import ClientGame
from insei.engine.rules import BLACK, COLOUR_NAMES, WHITE
from insei.engine.vertex import vertex_of


def result_text(game: ClientGame) -> str:
    """Who has won, and whether that is the user."""
    if game.result == "0":
        return "A tie."
    winner = {"B": BLACK, "W": WHITE}.get(game.result[:1])
    if winner is None:
        return f"The result: {game.result}."
    text = f"{COLOUR_NAMES[winner].capitalize()} wins, {game.result}"
    if game.own_colour:
        text += ": you win" if game.own_colour == winner else ": you lose"
    return f"{text}."


def mistake_text(game: ClientGame) -> str:
    """The move that lost most; empty if no move lost much."""
    worst = game.worst_mistake()
    if worst is None or not game.history[worst.ply].moves:
        return ""
    vertex = vertex_of(game.history[worst.ply].moves[-1], game.rules)
    return f"Move {worst.ply}, {vertex}, lost most: {worst.loss:.0%} of the chance to win."


def lead_text(game: ClientGame) -> str:
    """How often the lead changed; empty if too little is known."""
    rates = {ply: estimate.black_win_rate for ply, estimate in game.estimates.items()}
    changes = lead_changes(rates)
    if changes is None:
        return ""
    if changes == 0:
        return "One side led from beginning to end."
    return f"The lead changed hands {changes} time{'s' if changes > 1 else ''}."


def summary(game: ClientGame) -> str:
    """The result, how it came about, prisoners, the worst mistake and changes of the lead."""
    black, white = game.position.prisoners
    sentences = [
        result_text(game),
        f"{game.reason[0].upper()}{game.reason[1:]}." if game.reason else "",
        f"{game.position.num_moves} moves; black took {black}, white took {white}.",
        mistake_text(game),
        lead_text(game),
    ]
    return " ".join(sentence for sentence in sentences if sentence)
