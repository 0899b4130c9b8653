"""A finished game in a few sentences."""

from insei.agents.search.mistakes import lead_changes
from insei.client.game import ClientGame
from insei.client.teaching.teacher import analysis_of_game, lesson_line
from insei.engine.rules import BLACK, COLOUR_NAMES, WHITE


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


def lessons_text(game: ClientGame) -> str:
    """The moves that lost most, with the digits that lead to them; empty if none lost much."""
    lost = lost_most_text(game)
    return f"Digits show what lost most: {lost}." if lost else ""


def lost_most_text(game: ClientGame) -> str:
    """The moves that lost most, numbered; empty if none lost much."""
    lessons = analysis_of_game(game).lessons()
    return ", ".join(
        lesson_line(each, lesson, game.rules) for each, lesson in enumerate(lessons, 1)
    )


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
    """The result, how it came about, prisoners, changes of the lead and the worst moves."""
    black, white = game.position.prisoners
    sentences = [
        result_text(game),
        f"{game.reason[0].upper()}{game.reason[1:]}." if game.reason else "",
        f"{game.position.num_moves} moves; black took {black}, white took {white}.",
        lead_text(game),
        lessons_text(game),
    ]
    return " ".join(sentence for sentence in sentences if sentence)
