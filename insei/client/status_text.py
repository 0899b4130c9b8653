"""What the client says while a game goes on."""

from insei.client.game import ClientGame
from insei.client.score_count import ScoreCount
from insei.client.summary import mistake_text, summary
from insei.levels import display_name, notes_on

BEGIN = "Type a vertex such as D4, move with arrows and enter, or click. F1: help."
HELP = (
    "Play by typing a vertex such as D4, with arrows and enter, or with the mouse. Words: pass, "
    "undo, resign, new, hint, heat, area, back, next, first, last, variation, save FILE, "
    "load FILE, review FILE, quit. Page up and down step through the game."
)
REVIEWING = "Looking only: back, next, first, last, variation; hint, heat, area."
COUNTING = (
    "Both passed. Dead stones are shown as x and o: click on a chain, or press space on it, to "
    "change its fate. Enter counts; undo plays on."
)


def status_text(game: ClientGame, count: ScoreCount | None, is_review: bool) -> str:
    """What the client says when there is no other message.

    Args:
        count: the count at the end of the game, while it is open.
    """
    if is_review:
        return review_text(game)
    if game.is_ended:
        return summary(game)
    if count is not None:
        return f"{COUNTING} {count.doubt_text()}".strip()
    if game.shown_ply >= 0:
        return "Looking back: next and last lead to the game again."
    if not game.is_your_turn():
        player = game.setup.player(game.position.to_play)
        return f"{display_name(player, game.setup.size)} thinks..."
    if game.position.num_moves:
        return "Your move."
    players = sorted({game.setup.black, game.setup.white})
    notes = [note for player in players for note in notes_on(player, game.rules)]
    return " ".join(["Your move.", BEGIN, *dict.fromkeys(notes)])


def review_text(game: ClientGame) -> str:
    """The file's comment on the shown position, its variations, and how to go on."""
    sentences: list[str] = []
    if game.ply == 0:
        sentences += game.warnings
    number, count = game.variations
    if count > 1:
        sentences.append(f"Variation {number} of {count}: type variation for the next.")
    sentences.append(game.comment or REVIEWING)
    if game.shown_ply < 0 and (mistake := mistake_text(game)):
        sentences.append(mistake)
    return " ".join(sentences)
