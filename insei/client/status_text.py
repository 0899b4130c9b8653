"""What the client says while a game goes on."""

from insei.client.game import ClientGame
from insei.client.game_setup import YOU
from insei.client.score_count import ScoreCount
from insei.client.summary import mistake_text, summary
from insei.levels import analyst_notes, display_name, notes_on

BEGIN = "Type a vertex such as D4, move with arrows and enter, or click. F1: help."
HELP = (
    "Play by typing a vertex such as D4, with arrows and enter, or with the mouse. Words: pass, "
    "undo, resign, new, hint, heat, area, back, next, first, last, variation, save FILE, "
    "load FILE, review FILE, quit. Page up and down step through the game."
)
REVIEWING = "Looking only: back, next, first, last, variation; hint, heat, area."
WATCHED_MOVES = 6  # during which a watcher sees the notes
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
        return COUNTING if count.is_proposed else "Both passed. Judging which stones are dead..."
    if game.shown_ply >= 0:
        return "Looking back: next and last lead to the game again."
    if game.is_your_turn():
        said = ["Your move."]
    else:
        player = game.setup.player(game.position.to_play)
        said = [f"{display_name(player, game.setup.size)} thinks..."]
    if is_opening(game):
        said += ([BEGIN] if game.is_your_turn() else []) + opening_notes(game)
    return " ".join(said)


def is_opening(game: ClientGame) -> bool:
    """Whether the user has not moved since the client was opened; a watcher sees a few moves."""
    added = game.line.added
    if not game.has_people:
        return len(added) < WATCHED_MOVES
    seats = (("B", game.setup.black), ("W", game.setup.white))
    own = [letter for letter, player in seats if player == YOU]
    return not any(letter in node.properties for node in added for letter in own)


def opening_notes(game: ClientGame) -> list[str]:
    """What is new to the players' nets, board or scoring; else whether the board is to hints."""
    players = sorted({game.setup.black, game.setup.white})
    notes = [note for player in players for note in notes_on(player, game.rules)]
    return list(dict.fromkeys(notes)) or analyst_notes(game.rules)


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
