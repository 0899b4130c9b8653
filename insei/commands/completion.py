"""`insei completion`: completion of commands and options in a shell."""

from typing import Literal

from insei.system.shown import say


def completion(shell: Literal["bash", "zsh", "fish"], /) -> None:
    """Print a script with which a shell completes insei's commands and options.

    For bash, put `source <(insei completion bash)` into ~/.bashrc. For zsh, write the script to
    `_insei` in a folder of your fpath. For fish, write it to
    ~/.config/fish/completions/insei.fish.

    Parameters
    ----------
    shell
        bash, zsh or fish.
    """
    from insei.main import app

    say(app.generate_completion(shell=shell), end="")
