"""`insei problem`: problems of a file, played out."""

from pathlib import Path

from insei.commands.options import ThemeName


def problem(
    file: Path, /, *, number: int = 1, plain: bool = False, theme: ThemeName = "auto"
) -> None:
    """Play out the problems of an SGF file.

    The file's variations answer, and tell what is right and what fails. A net answers moves that
    the file does not have. `next` goes on to the next problem of the file.

    Parameters
    ----------
    file
        An SGF file with one problem a game: a position, and variations that solve it or fail.
        Comments such as RIGHT and wrong, and the properties TE and BM, mark them. Without marks
        the main line is right.
    number
        Of the first problem.
    plain
        Line by line.
    """
    from insei.client.teaching.problem import Problem, read_problems
    from insei.client.teaching.study_session import run_study
    from insei.system.errors import UserError

    trees = read_problems(file)
    if not 1 <= number <= len(trees):
        raise UserError(f"number {number}: wanted 1 to {len(trees)}, the problems of {file}")
    run_study(Problem(trees, number), plain, theme)
