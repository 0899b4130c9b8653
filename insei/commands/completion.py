"""`insei help` and `insei completion`: the commands explained, and completed by a shell."""

from typing import Literal

from insei.system.errors import UserError
from insei.system.shown import say


def help_on(*command: str) -> None:
    """Say what insei does, or what a command does.

    Parameters
    ----------
    command
        As in `insei help play`.
    """
    from insei.main import app, command_names, unknown_command

    if command and command[0] not in command_names():
        raise UserError(unknown_command(command[0]))
    app.help_print(list(command))


def completion(shell: Literal["bash", "zsh", "fish"], /) -> None:
    """Print a script with which a shell completes insei's commands and options.

    For bash, write it to ~/.local/share/bash-completion/completions/insei, for zsh to `_insei` in a
    folder of your fpath, for fish to ~/.config/fish/completions/insei.fish.

    Parameters
    ----------
    shell
        bash, zsh or fish.
    """
    from insei.main import app

    say(app.generate_completion(shell=shell), end="")
