"""Relabelling: what a miner found gets better labels, in one commit on a branch.

    from insei.selfplay.mining.relabelling import RelabelConfig, relabel

    done = relabel(RelabelConfig(Path("runs/go7"), "mistaken", branch="cleaned"), watch=print)
    print(done.commit, done.changed_winners)

A position gets the policy and the value of a deeper search. A game gets the outcome, the score and
the owners of its end: the end of its record, or where the record ends before the game does, the end
to which a search plays it on. Games held out are left as they are.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

import numpy as np

from insei.agents.net.find_package import find_package
from insei.agents.search.settings import MOST_VISITS
from insei.engine.position import Position
from insei.selfplay.data.loading import WholeGame, open_run_data
from insei.selfplay.data.recording import final_area
from insei.selfplay.health import held_out
from insei.selfplay.history.fields import bytes_of
from insei.selfplay.history.graph import PLAYED_NAME, Proposer
from insei.selfplay.history.history import History, Proposal
from insei.selfplay.history.names import check_new_name
from insei.selfplay.mining.ends import end_labels
from insei.selfplay.mining.mined import read_mined
from insei.selfplay.mining.mistaken import is_finished
from insei.selfplay.mining.searching import Searcher
from insei.selfplay.run import config_of
from insei.selfplay.session import ignore
from insei.selfplay.train_config import TrainConfig
from insei.system.errors import UserError
from insei.system.setting import Setting, check_settings

BETWEEN_REPORTS = 10  # positions or games
Target = tuple[str, int | None]  # a game, and a ply or None for all


@dataclass(frozen=True)
class RelabelConfig:
    """What is relabelled, and by whom.

    Raises:
        ValueError: a field is out of its bounds.
    """

    run: Annotated[Path, Setting("whose dataset is relabelled")]
    from_name: Annotated[str, Setting("of a mined list; empty: random positions")] = ""
    random: Annotated[int, Setting("positions drawn at random instead of a list", 0, 10**6)] = 0
    visits: Annotated[int, Setting("simulations of each search", 1, MOST_VISITS)] = 800
    player: Annotated[str | None, Setting("the net that searches; null: the run's newest")] = None
    branch: Annotated[str, Setting("that gets the commit; empty: the one that is used")] = ""
    message: Annotated[str, Setting("why; empty: what was done")] = ""
    seed: Annotated[int, Setting("of the searches and of what is drawn", 0, 2**40)] = 1

    def __post_init__(self) -> None:
        check_settings(self)
        if bool(self.from_name) == bool(self.random):
            raise UserError(
                f"--from {self.from_name!r} and --random {self.random}: wanted one of them"
            )


@dataclass(frozen=True)
class Relabelled:
    """What was done."""

    commit: str
    branch: str
    positions: int  # that were searched
    games: int  # whose ends were judged
    played_on: int  # of them, from the end of their records to the end of the game
    changed_winners: int  # games that have another outcome now
    held_out: int  # items left as they were, because their games are held out
    cells: int  # that the commit changed


def relabel(config: RelabelConfig, watch: Callable[[str], None] = ignore) -> Relabelled:
    """Search what was found, and commit the labels.

    Nothing is written before all searches are done. The commit goes to the branch that was used
    when they began, or to `config.branch`. A new branch begins where that one was then.

    Args:
        watch: told in one line how far it is.

    Raises:
        UserError: there is no such run, list or player, the branch can't have its name, or nothing
            would change.
    """
    history = History(config.run)
    branch = config.branch or history.graph.head
    if branch not in history.graph.branches:
        check_new_name(history.graph, branch)
    start = history.graph.tip or PLAYED_NAME
    training = config_of(config.run, TrainConfig)
    at = history.graph.branches.get(branch, start) or PLAYED_NAME
    searcher = searcher_of(config, training)
    targets, num_held = free_targets(wanted(config, history), training.window.held_out)
    if not targets:
        raise UserError(f"nothing to relabel: all {num_held} are of games held out")
    whole = whole_games(config.run, at, {game for game, _ in targets})
    if missing := [game for game, _ in targets if game not in whole]:
        raise UserError(
            f"game {missing[0]}: not in {config.run}, or its moves were not kept; wanted a list "
            "of this run's games"
        )
    positions = [(game, ply) for game, ply in targets if ply is not None]
    games = [game for game, ply in targets if ply is None]
    proposals = searched(positions, whole, searcher, watch)
    ended, played_on = ends(games, whole, searcher, watch)
    judged = judged_ends(ended, history)
    before = outcomes(config.run, at, games)
    changed = sum(judged[game][0].value != bytes_of(before[game], "outcome") for game in games)
    proposals += [proposal for game in games for proposal in judged[game]]
    message = config.message or said_of(config, len(positions), len(games))
    proposer = Proposer(searcher.sha256, config.visits, config.seed)
    commit = history.commit(proposals, message, "", proposer, branch, start)
    cells = len(history.graph.edits[commit.id])
    return Relabelled(
        commit.id, commit.branch, len(positions), len(games), played_on, changed, num_held, cells
    )


def searcher_of(config: RelabelConfig, training: TrainConfig) -> Searcher:
    """The net and its search: the run's own, with more visits and without noise."""
    try:
        folder = find_package(config.player or str(config.run))
    except UserError as error:
        hint = "" if config.player else "; wanted --player, or a run with a net"
        raise UserError(f"{error}{hint}") from error
    settings = replace(training.selfplay.search, visits=config.visits, noise=0.0)
    return Searcher(folder, training.rules, settings, config.seed)


def wanted(config: RelabelConfig, history: History) -> list[Target]:
    """What is to be relabelled: a mined list's items, or positions drawn at random."""
    if config.from_name:
        return [(item.game, item.ply) for item in read_mined(config.run, config.from_name).items]
    table = history.games.table
    rng = np.random.default_rng(config.seed)
    games, plies = table["game"].to_pylist(), table["ply"].to_pylist()
    held = held_out(np.array(games), config_of(config.run, TrainConfig).window.held_out)
    free = np.flatnonzero(~held)
    if config.random > len(free):
        raise UserError(f"--random {config.random}: wanted at most {len(free)}, the rows there are")
    drawn = rng.choice(free, config.random, replace=False).tolist()
    return [(games[row], plies[row]) for row in sorted(drawn)]


def free_targets(targets: Sequence[Target], share: float) -> tuple[list[Target], int]:
    """The targets whose games are learned from, and the number of the others."""
    held = held_out(np.array([game for game, _ in targets]), share).tolist()
    free = [target for target, is_held in zip(targets, held, strict=True) if not is_held]
    return free, sum(held)


def whole_games(run: Path, at: str, wanted: set[str]) -> dict[str, WholeGame]:
    """Some games of a run by their ids, those that are there."""
    return {game.id: game for game in open_run_data(run, at).games() if game.id in wanted}


def searched(
    targets: Sequence[tuple[str, int]],
    whole: dict[str, WholeGame],
    searcher: Searcher,
    watch: Callable[[str], None],
) -> list[Proposal]:
    """The policy and the value that a search gives each position."""
    positions = [
        Position(whole[game].rules).play_all(whole[game].moves[:ply]) for game, ply in targets
    ]
    found = searcher.search(positions, reporter("searched", len(positions), "positions", watch))
    proposals = []
    for (game, ply), result in zip(targets, found, strict=True):
        value = float(np.clip(result.searched_value, -1, 1))
        for field, number in (("policy", result.policy), ("searched_value", value)):
            proposals.append(Proposal(game, ply, field, bytes_of(number, field)))
    return proposals


def ends(
    games: Sequence[str],
    whole: dict[str, WholeGame],
    searcher: Searcher,
    watch: Callable[[str], None],
) -> tuple[dict[str, Position], int]:
    """The last positions of games, and how many games had to be played on."""
    found = {game: whole[game].position for game in games}
    cut = [game for game in games if not is_finished(whole[game])]
    report = reporter("played on", len(cut), "games", watch)
    played = searcher.played_out([found[game] for game in cut], report)
    return found | dict(zip(cut, played, strict=True)), len(cut)


def judged_ends(ends: dict[str, Position], history: History) -> dict[str, list[Proposal]]:
    """Outcome, score and owners of each row of games, the first row's outcome first."""
    plies = history.games.plies_of(ends)
    found = {}
    for game, position in ends.items():
        area, score = final_area(position)
        own = np.array(sorted(plies[game]))
        labels = end_labels(area, score, own, history.frame)
        found[game] = [
            Proposal(game, ply, field, bytes_of(labels[field][row], field))
            for row, ply in enumerate(own.tolist())
            for field in ("outcome", "score", "ownership")
        ]
    return found


def outcomes(run: Path, at: str, games: Sequence[str]) -> dict[str, int]:
    """The outcome of each game's first row, as it is now."""
    found: dict[str, int] = {}
    if games:
        table = open_run_data(run, at).arrow_table(["game", "outcome"])
        of_all = set(games)
        for game, outcome in zip(
            table["game"].to_pylist(), table["outcome"].to_pylist(), strict=True
        ):
            if game in of_all:
                found.setdefault(game, outcome)
    return found


def said_of(config: RelabelConfig, positions: int, games: int) -> str:
    """What a commit did, in a line."""
    source = f"from {config.from_name}" if config.from_name else "at random"
    said = [f"{positions:,} positions"] * bool(positions) + [f"{games:,} games"] * bool(games)
    return f"relabelled {' and '.join(said)} {source}, {config.visits:,} visits"


def reporter(
    done: str, total: int, what: str, watch: Callable[[str], None]
) -> Callable[[int], None]:
    """What tells now and then how many are done."""

    def report(count: int) -> None:
        if count % BETWEEN_REPORTS == 0 or count == total:
            watch(f"{done} {count:,} of {total:,} {what}")

    return report
