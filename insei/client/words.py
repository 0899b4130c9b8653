"""What the client says in words while a game goes on."""

from insei.client.counting import Count
from insei.client.game import ClientGame
from insei.client.summary import blame, summary
from insei.levels import called, notes_on

BEGIN = "Type a vertex such as D4, move with arrows and enter, or click. F1: help."
HELP = (
    "Play by typing a vertex such as D4, with arrows and enter, or with the mouse. Words: pass, "
    "undo, resign, new, hint, heat, area, back, next, first, last, variation, save FILE, "
    "load FILE, review FILE, quit. Page up and down step through the game."
)
LOOKING = "Looking only: back, next, first, last, variation; hint, heat, area."
COUNTING = (
    "Both passed. Dead stones are shown as x and o: click on a chain, or press space on it, to "
    "change its fate. Enter counts; undo plays on."
)


def standing(game: ClientGame, count: Count | None, reviews: bool) -> str:
    """What the client says when nothing was asked."""
    if reviews:
        return review_text(game)
    if game.is_ended:
        return summary(game)
    if count is not None:
        return COUNTING if count.is_judged else "Both passed. Judging which stones are dead..."
    if game.shown >= 0:
        return "Looking back: next and last lead to the game again."
    if not game.is_yours():
        return f"{called(game.setup.seat(game.position.to_play), game.setup.size)} thinks..."
    if game.position.num_moves:
        return "Your move."
    seats = {game.setup.black, game.setup.white}
    notes = [note for one in sorted(seats) for note in notes_on(one, game.rules)]
    return " ".join(["Your move.", BEGIN, *dict.fromkeys(notes)])


def review_text(game: ClientGame) -> str:
    """Of a game that is looked at: what its file says here, and how to go on."""
    said: list[str] = []
    if game.ply == 0:
        said += game.warnings
    number, of = game.variations
    if of > 1:
        said.append(f"Variation {number} of {of}: type variation for the next.")
    said.append(game.comment or LOOKING)
    if game.shown < 0 and (blamed := blame(game)):
        said.append(blamed)
    return " ".join(said)
