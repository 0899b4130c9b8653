"""`insei mine`: which games and positions of a run deserve a look."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter
from cyclopts.validators import Number

from insei.commands.data.options import Json, say_json
from insei.printing.run_line import silence_libraries
from insei.printing.tables import Heading, table_text
from insei.system.shown import say

if TYPE_CHECKING:
    from insei.selfplay.mining.mined import MinedList

SHOWN = 20  # items


def mine(
    run: Path,
    /,
    *,
    by: Literal["mistaken", "surprise", "uncertain", "swing", "lost"] = "mistaken",
    top: Annotated[int, Parameter(validator=Number(gte=1, lte=10**6))] = 100,
    name: str = "",
    rows: Annotated[int, Parameter(validator=Number(gte=1, lte=10**12))] = 500_000,
    judges_from: str | None = None,
    json: Json = False,
) -> None:
    """Rank the games or positions of a run's dataset that deserve a look, and keep the list.

    Example: `insei mine runs/go7 --by mistaken`, then `insei relabel runs/go7 --from mistaken`. The
    run may be in training. `mistaken` finds games won by the other player, or cut short and scored
    as they stood; `surprise` positions whose search disagrees with a net; `uncertain` positions to
    which a net gives other values when the board is turned; `swing` positions after which the
    searched value jumps; `lost` positions where a player was ahead who lost. The nets are two
    judges: each learns from half of the games and judges the other half. Near-duplicates are
    folded.

    Parameters
    ----------
    run
        The run's folder.
    by
        What is looked for.
    top
        How many are kept.
    name
        Of the list; that of `--by` if it is missing. It is in RUN/mined.
    rows
        How many of the newest rows are looked at.
    judges_from
        A net that the judges begin with, and that has not learned from the games. Without it, the
        net that the run began with, or random weights.
    """
    silence_libraries()
    from insei.selfplay.mining.judges import JudgesConfig
    from insei.selfplay.mining.mined import mined_file
    from insei.selfplay.mining.session import MineConfig
    from insei.selfplay.mining.session import mine as mined

    config = MineConfig(run, by, top, name, rows, JudgesConfig(judges_from))
    found = mined(config, watch=lambda line: say(line, to_error=True, flush=True))
    if json:
        say_json(found)
        return
    say(table_of(found))
    say(f"\n{len(found.items):,} of {found.looked_at:,} in {mined_file(run, config.list_name)}")


def table_of(found: "MinedList", width: int | None = None) -> str:
    """The first items as a table."""
    headings = [
        Heading("rank"), Heading("amount"), Heading("game"), Heading("ply"),
        Heading("alike", is_optional=True), Heading("reason", is_number=False),
    ]  # fmt: skip
    rows = [
        [
            rank,
            f"{item.amount:.2f}",
            item.game,
            "all" if item.ply is None else item.ply,
            item.alike,
            item.reason,
        ]
        for rank, item in enumerate(found.items[:SHOWN], 1)
    ]
    return table_text(headings, rows, width)
