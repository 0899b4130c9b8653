"""Options that several commands share."""

from typing import Annotated

from cyclopts import Parameter
from cyclopts.validators import Number

Seed = Annotated[int, Parameter(validator=Number(gte=0, lte=2**40))]  # as a tournament bounds it
