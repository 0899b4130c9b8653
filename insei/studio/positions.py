"""The queue of the studio: a mined list, or the positions that a dataset's own rows name."""

from dataclasses import dataclass, replace
from pathlib import Path

from insei.selfplay.data.loading import open_run_data
from insei.selfplay.history.graph import PLAYED_NAME
from insei.selfplay.history.history import History
from insei.selfplay.mining.mined import MinedItem, mined_file, read_mined
from insei.selfplay.page.surprises import items_without_list, newest_list
from insei.system.errors import UserError

MOST_GAPS = 200  # positions, where nothing was mined
OWN = "gaps"  # the name of the list that is made here


@dataclass(frozen=True)
class Queue:
    """What is looked at, in its order."""

    name: str
    by: str  # why these
    items: tuple[MinedItem, ...]
    missing: int = 0  # items of the list that the run does not have whole


def queue_of(history: History, name: str | None) -> Queue:
    """The queue.

    Args:
        name: of a mined list; None for the newest, or for what the rows tell if there is none.

    Raises:
        UserError: there is no such list, or nothing in it.
    """
    run: Path = history.run
    chosen = name or newest_list(run)
    if chosen is None or (chosen == OWN and not mined_file(run, OWN).is_file()):
        data = open_run_data(run, PLAYED_NAME)  # so that edits don't change the list
        items = items_without_list(data, MOST_GAPS)
        queue = Queue(OWN, "searched value against the end", items)
    else:
        mined = read_mined(run, chosen)
        queue = Queue(chosen, mined.by, mined.items)
    known = history.games.plies_of({item.game for item in queue.items})
    firsts = {game: min(places.items())[1] for game, places in known.items()}
    moves = history.games.moves_at([*firsts.values()])
    whole = {game for game, own in zip(firsts, moves, strict=True) if own is not None}
    found = tuple(
        item for item in queue.items if item.game in whole and item.ply in (None, *known[item.game])
    )
    if known and not whole:
        raise UserError(f"{run}: the moves of these games were not kept; wanted a newer run")
    if not found:
        raise UserError(f"{run}: the list {queue.name} names no position of this run")
    return replace(queue, items=found, missing=len(queue.items) - len(found))
