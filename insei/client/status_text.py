"""What the client says while a game goes on."""

from insei.client.game import ClientGame
from insei.client.game_setup import YOU
from insei.client.score_count import ScoreCount
from insei.client.teaching.summary import lessons_text, summary
from insei.client.teaching.teacher import analysis_of_line, lesson_text, warning
from insei.levels import analyst_notes, display_name, notes_on

BEGIN = "Type a vertex such as D4, move with arrows and enter, or click. F1: help."
HELP = (
    "Play by typing a vertex such as D4, with arrows and enter, or with the mouse. Words: pass, "
    "undo, resign, new, hint, heat, area, score, graph, teacher, save FILE, load FILE, "
    "review FILE, quit. a to h: the continuation of a hint. Once the game is over, and in a "
    "review: arrows, home, end, page up and down step through it, digits and ctrl with arrows "
    "lead to mistakes; back, next, first, last, goto N, mistake, previous, variation, analyse."
)
REVIEWING = (
    "Step with arrows, home and end; mistake and previous, or ctrl with arrows, lead to mistakes. "
    "A move that you play adds a variation. hint, heat, area; analyse judges every position."
)
WATCHED_MOVES = 6  # during which a watcher sees the notes
COUNTING = (
    "Both passed. Dead stones are shown as x and o: click on a chain, or press space on it, to "
    "change its fate. Enter counts; undo plays on."
)


def status_text(
    game: ClientGame, count: ScoreCount | None, is_review: bool, teaches: bool = True
) -> str:
    """What the client says when there is no other message.

    Args:
        count: the count at the end of the game, while it is open.
        teaches: whether a move that lost much is told while playing.
    """
    if is_review:
        return review_text(game)
    if game.is_ended:
        return summary(game) if game.is_at_end else looking_back_text(game)
    if count is not None:
        return f"{COUNTING} {count.doubt_text()}".strip()
    if game.shown_ply >= 0:
        return "Looking back: next and last lead to the game again."
    said = [warning(game)] if teaches and warning(game) else []
    if game.is_your_turn():
        said.append("Your move.")
    else:
        player = game.setup.player(game.position.to_play)
        said.append(f"{display_name(player, game.setup.size)} thinks...")
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
    sentences += [shown_mistake_text(game), judged_text(game)]
    if game.comment:
        sentences.append(game.comment)
    elif game.ply == 0 or game.is_at_end:
        sentences += [REVIEWING, lessons_text(game)]
    return " ".join(sentence for sentence in sentences if sentence)


def looking_back_text(game: ClientGame) -> str:
    """What the shown move lost, in a game that is over, or else which moves lost most."""
    return shown_mistake_text(game) or lessons_text(game) or "Looking back: end leads to the end."


def shown_mistake_text(game: ClientGame) -> str:
    """What the shown move lost, and what was better; empty if it lost little."""
    lessons = analysis_of_line(game).lessons(len(game.nodes))
    found = next((lesson for lesson in lessons if lesson.ply == game.ply), None)
    return lesson_text(found, game.rules) if found else ""


def judged_text(game: ClientGame) -> str:
    """How far the analysis of the game is; empty if every position is judged."""
    judged, total = analysis_of_line(game).num_judged(), len(game.nodes)
    return f"{judged} of {total} positions analysed." if 0 < judged < total else ""
