"""Options that several commands share."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter
from cyclopts.validators import Number

from insei.system.worker_range import PROCESSES, NumWorkers

Seed = Annotated[int, Parameter(validator=Number(gte=0, lte=2**40))]  # as a tournament bounds it
Size = Annotated[int, Parameter(alias="-s", help="Side of the board, 1 to 19.")]
RulesName = Annotated[str, Parameter(help="tromp-taylor, chinese, new-zealand, japanese or aga.")]
ThemeName = Annotated[
    str,
    Parameter(
        help="auto, which fits the terminal; wood, paper, night, sixteen, plain; or one of yours."
    ),
]
Workers = Annotated[
    NumWorkers,
    Parameter(help=f"Processes that play: {PROCESSES}; 0 plays in this one."),
]
Reports = Annotated[Path, Parameter(help="Where a folder with the games and their report goes.")]
List = Annotated[
    bool, Parameter(name="--list", help="Print the configurations that come with insei, and end.")
]
Address = Annotated[
    str | None, Parameter(help="Of a Ray cluster to join, instead of starting Ray here.")
]
