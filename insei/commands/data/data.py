"""`insei data RUN VERB ...`: hands the words on to the verb's function."""

from pathlib import Path
from typing import Annotated

import cyclopts
from cyclopts import Parameter

from insei.commands.data.edits import add, edit, merge, revert
from insei.commands.data.names import branch, switch, tag
from insei.commands.data.page import page
from insei.commands.data.reading import blame, diff, log, show, status
from insei.commands.data.tables import clone, export, mend

VERBS = (
    status, log, show, diff, blame, edit, revert, branch, switch, merge, tag, add, clone, export,
    page, mend,
)  # fmt: skip
app = cyclopts.App(name="insei data", help_format="markdown", suppress_keyboard_interrupt=False)
for verb in VERBS:
    app.command(verb, usage=f"Usage: insei data RUN {verb.__name__} [ARGS] [OPTIONS]")


def data(run: Path, /, *words: Annotated[str, Parameter(allow_leading_hyphen=True)]) -> None:
    """See and change the labels of a run's games, as git does with files.

    Edits are commits in `edits.lance`, beside the games. Training, `resize`, `export` and
    `selfplay.data.load` see the games with the edits of the branch that is used. Nothing is ever
    deleted. docs/dataset.md has an example.

    - `insei data RUN status` names the branch, and who trains the run
    - `insei data RUN log [COMMIT]` lists the commits, newest first
    - `insei data RUN show [COMMIT]` lists what a commit changed
    - `insei data RUN diff A [B]` compares two commits
    - `insei data RUN blame GAME [PLY]` tells where each value comes from
    - `insei data RUN edit GAME PLY FIELD VALUE -m WHY` edits a value; `all` for all plies
    - `insei data RUN revert COMMIT` undoes a commit by a new one
    - `insei data RUN branch [NAME]` lists branches, or makes one; `--delete NAME`
    - `insei data RUN switch NAME` uses another branch
    - `insei data RUN merge NAME` takes in a branch, `--from RUN` that of a clone
    - `insei data RUN tag [NAME]` lists tags, or makes one; `--delete NAME`
    - `insei data RUN add FILES` adds games of SGF files
    - `insei data RUN clone NEW` copies games and history to a new run
    - `insei data RUN export --sgf FOLDER` or `--npz FILE`, `--parquet FILE`
    - `insei data RUN page [FILE.html]` writes one page that shows the dataset
    - `insei data RUN mend` goes on from the last whole version of a damaged table

    A commit is named by a branch, a tag, the first digits of its id, `HEAD`, or `played`, the
    dataset before all edits; `HEAD~2` is two before. Those that list have `--json`.
    `insei data help VERB` tells the options of a verb.

    Parameters
    ----------
    run
        The run's folder; it may be in training.
    words
        A verb and what it needs; without one, `status`.
    """
    if str(run) == "help":
        app.help_print(list(words))
        return
    name, *rest = words or ("status",)
    check_verb(name)
    app([name, str(run), *rest], exit_on_error=False, print_error=False,
        result_action="return_value")  # fmt: skip


def check_verb(name: str) -> None:
    """Check that a verb is one.

    Raises:
        UserError: it isn't.
    """
    import difflib

    from insei.system.errors import UserError

    names = [verb.__name__ for verb in VERBS]
    if name not in names:
        nearest = difflib.get_close_matches(name, names, 1)
        hint = f", did you mean {nearest[0]}?" if nearest else ""
        raise UserError(f"data {name!r}: wanted one of {', '.join(names)}{hint}")
