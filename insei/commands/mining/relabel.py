"""`insei relabel`: better labels for what a miner found, in one commit."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter
from cyclopts.validators import Number

from insei.commands.data.options import Json, open_history, say_json, say_when_learned
from insei.commands.options import Seed
from insei.printing.run_line import silence_libraries
from insei.system.shown import say


def relabel(
    run: Path,
    /,
    *,
    from_: Annotated[str, Parameter(name="--from")] = "",
    random: Annotated[int, Parameter(validator=Number(gte=0, lte=10**6))] = 0,
    visits: Annotated[int, Parameter(validator=Number(gte=1, lte=100_000))] = 800,
    player: str | None = None,
    branch: str = "",
    message: Annotated[str, Parameter(alias="-m")] = "",
    seed: Seed = 1,
    json: Json = False,
) -> None:
    """Give the positions and games of a mined list better labels, in one commit on a branch.

    Example: `insei relabel runs/go7 --from mistaken --branch cleaned`, then
    `insei lesson runs/go7 --branch main cleaned`. A position gets the policy and the value of a
    deeper search. A game gets the outcome, the score and the owners of its end; where the record
    ends before the game does, a search plays it on to its end first. Games that are held out stay
    as they are. The commit tells the net, the visits and the seed. Nothing is written before all
    searches are done.

    Parameters
    ----------
    run
        The run's folder.
    from_
        The name of a list that `insei mine` has made.
    random
        So many positions drawn at random instead of a list, as a control.
    visits
        Simulations of each search.
    player
        The net that searches: a package, a run's folder, or the name of a shipped player. The run's
        newest by default.
    branch
        Gets the commit, and is made if it is new. The branch in use by default.
    message
        Why.
    """
    silence_libraries()
    from insei.selfplay.mining.relabelling import RelabelConfig
    from insei.selfplay.mining.relabelling import relabel as relabelled

    config = RelabelConfig(run, from_, random, visits, player, branch, message, seed)
    done = relabelled(config, lambda line: say(line, to_error=True, flush=True))
    if json:
        say_json(done)
        return
    if done.positions:
        say(f"{done.positions:,} positions searched with {visits:,} visits")
    if done.games:
        say(
            f"{done.games:,} games judged, {done.played_on:,} of them played on to their ends; "
            f"{done.changed_winners:,} have another outcome now"
        )
    if done.held_out:
        say(f"{done.held_out:,} left as they were: their games are held out")
    say(f"{done.commit[:9]} on {done.branch}: {done.cells:,} cells")
    say_when_learned(open_history(run))
