"""Resizing: nets of other widths and depths, retrained on the games of a run, and rated.

    from insei.selfplay.studies.resizing import ResizeConfig, resize

    config = ResizeConfig("go7", Path("runs/go7"), channels=(0.5, 0.25))
    result = resize(config, watch=print)

writes a package for each net, plays all against each other, and returns their ratings.
"""

import itertools
import math
import shutil
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from insei.agents.net.architecture import NetworkConfig
from insei.agents.net.find_package import check_nameable, find_package
from insei.agents.net.package import (
    CARD_FILE,
    Package,
    PlayerCard,
    card_text,
    load_package,
    read_card,
    write_package,
)
from insei.selfplay.data.dataset import terms_of
from insei.selfplay.history.graph import PLAYED
from insei.selfplay.history.reading import edits_beside
from insei.selfplay.learner.learner import Diverged
from insei.selfplay.packaging import rating_in
from insei.selfplay.rating import player_name
from insei.selfplay.run import DATASET, config_of
from insei.selfplay.session import ignore
from insei.selfplay.studies.retraining import (
    RecordedRows,
    RetrainingStatus,
    read_rows,
    retrain,
    saved_states,
)
from insei.selfplay.train_config import TrainConfig
from insei.system.errors import UserError
from insei.system.files import delete_unfinished, new_folder, write_text
from insei.system.setting import Setting, check_settings
from insei.system.worker_range import PROCESSES, NumWorkers, WorkerRange
from insei.tournament.tournament_config import TournamentConfig

if TYPE_CHECKING:
    from insei.tournament.run import Progress
    from insei.tournament.session import TournamentResult

LARGEST_FACTOR = 4.0  # of channels; larger numbers are numbers of channels


@dataclass(frozen=True)
class ResizeConfig:
    """Which nets are made, from what, and how they are rated.

    Raises:
        ValueError: a field is out of its bounds.
    """

    player: Annotated[str, Setting("a package, a run's folder, or the name of a shipped player")]
    dataset: Annotated[Path, Setting("the run whose games are learned from")]
    channels: Annotated[
        tuple[float, ...],
        Setting("factors of the player's width up to 4, or numbers of channels"),
    ] = (1.0,)
    blocks: Annotated[tuple[int, ...], Setting("numbers of blocks; empty: the player's own")] = ()
    out: Annotated[Path, Setting("where the packages go")] = Path("resized")
    passes: Annotated[float, Setting("times that each row is learned from", above=0, high=1000)] = (
        4.0
    )
    rows: Annotated[int, Setting("the newest so many are learned from", 1, 10**12)] = 500_000
    learning_rate: Annotated[
        float | None, Setting("the optimiser's; null: the run's own", 1e-8, 1)
    ] = None
    games: Annotated[int, Setting("of each pairing; 0: no rating", 0, 10**6, multiple_of=2)] = 100
    visits: Annotated[int, Setting("simulations of the searching players", 0, 100_000)] = 64
    workers: Annotated[NumWorkers, Setting(f"processes that play: {PROCESSES}")] = 2

    def __post_init__(self) -> None:
        check_settings(self)
        WorkerRange.of(self.workers)


@dataclass(frozen=True)
class ResizedPlayer:
    """One of the players that were rated, the original among them."""

    folder: Path  # of its package
    architecture: NetworkConfig
    visits: int  # 0: the net alone
    milliseconds: float  # median of a move
    elo: float  # over the original net alone
    low: float  # 95 % interval
    high: float


@dataclass(frozen=True)
class Resized:
    """What a resizing made."""

    folders: list[Path]  # of the packages
    players: list[ResizedPlayer]  # fastest first; empty where none were rated
    page: Path | None  # the match's HTML report


@dataclass(frozen=True)
class Material:
    """What the new nets are made from."""

    config: ResizeConfig
    folder: Path  # of the player's package
    package: Package
    training: TrainConfig  # the run's, with the learning rate asked for
    commit: str = PLAYED  # of the edits of the run's games

    @property
    def origin(self) -> dict[str, Any]:
        """What the card of a new net tells of where it comes from."""
        return {
            "resized_from": self.config.player,
            "resized_from_sha256": self.package.card.weights_sha256,
            "dataset": str(self.config.dataset),
            "passes": self.config.passes,
            "newest_rows": self.config.rows,
            "learning_rate": self.training.learner.learning_rate,
            **({"dataset_commit": self.commit} if self.commit != PLAYED else {}),
        }


def resize(
    config: ResizeConfig,
    *,
    reports: Path = Path("reports"),
    address: str | None = None,
    watch: Callable[[Path, RetrainingStatus], None] = lambda path, status: None,
    watch_games: "Callable[[Progress], None]" = ignore,
    notice: Callable[[str], None] = ignore,
) -> Resized:
    """Make the nets that are not made yet, and rate all against the original.

    Args:
        reports: where the match's report goes.
        address: of a Ray cluster to join; None starts Ray on this machine.
        watch: told a net's folder and how its training stands.
        watch_games: told how far the match is.
        notice: told in one line what deserves a line.

    Raises:
        ValueError: the player and the run don't fit, no net is left to make, or the folder holds
            something else.
    """
    from insei.tournament.session import check_conditions, hold_tournament  # loads scipy

    check_nameable(config.out)
    material = material_of(config)
    own = material.package.card.architecture
    wanted = {
        config.out / size_of(architecture): architecture
        for architecture in architectures(config, own)
    }
    missing = {
        path: architecture for path, architecture in wanted.items() if not is_made(path, material)
    }
    players = players_of([material.folder, *wanted], config.visits)
    match = TournamentConfig(
        name=config.out.name,
        players=tuple(players),
        rules=material.training.rules,
        games=config.games or 2,
        opening_plies=4,
        workers=config.workers,
    )
    if config.games:
        check_conditions(match, reports)  # before the training, not after
    if missing:
        rows = read_rows(config.dataset, material.training, config.rows)
        for path, architecture in missing.items():
            make(path, architecture, material, rows, watch)
    if not config.games:
        return Resized([*wanted], [], None)
    result = hold_tournament(match, reports, address=address, watch=watch_games, notice=notice)
    return Resized([*wanted], rated(players, [*wanted], result), result.page)


def material_of(config: ResizeConfig) -> Material:
    """What is learned from: a player's size and board, and a run's games.

    Raises:
        ValueError: there is no such player or run, or they are of different boards.
    """
    folder = find_package(config.player)
    package = load_package(folder)
    training = config_of(config.dataset, TrainConfig)
    if config.learning_rate is not None:
        learner = replace(training.learner, learning_rate=config.learning_rate)
        training = replace(training, learner=learner)
    own = package.card.width, package.card.height
    frame = training.rules
    if (frame.width, frame.height) != own:
        raise UserError(
            f"{config.dataset} holds games on {frame.size_name}; wanted {own[0]}x{own[1]}, the "
            f"board of {config.player}"
        )
    edits = edits_beside(config.dataset / DATASET, frame, terms_of(frame))
    return Material(config, folder, package, training, edits.commit)


def architectures(config: ResizeConfig, own: NetworkConfig) -> list[NetworkConfig]:
    """The nets that were asked for: every width with every depth, without the original.

    Raises:
        ValueError: none is left, or one is out of bounds.
    """
    found = []
    for width, depth in itertools.product(config.channels, config.blocks or (own.blocks,)):
        if not 0 < width < math.inf:
            raise UserError(f"channels {width}: wanted a factor above 0, or a number")
        number = 4 * round(width * own.channels / 4) if width <= LARGEST_FACTOR else int(width)
        architecture = replace(own, channels=max(4, number), blocks=depth)
        if architecture != own and architecture not in found:
            found.append(architecture)
    if not found:
        raise UserError(
            f"a net of {size_of(own)} is there already: wanted --channels or --blocks of another"
        )
    return found


def size_of(architecture: NetworkConfig) -> str:
    """A net's size as people write it: 4b24."""
    return f"{architecture.blocks}b{architecture.channels}"


def is_made(path: Path, material: Material) -> bool:
    """Whether a package is there that was made from the same material.

    Raises:
        ValueError: something else is there.
    """
    if not path.exists():
        return False
    training = read_card(path).training
    is_other = training.get("dataset_commit", PLAYED) != material.commit
    if is_other or any(training.get(key) != value for key, value in material.origin.items()):
        raise UserError(f"{path} is there, and comes from elsewhere: wanted another --out")
    return True


def make(
    path: Path,
    architecture: NetworkConfig,
    material: Material,
    rows: RecordedRows,
    watch: Callable[[Path, RetrainingStatus], None],
) -> None:
    """Train one net and write its package, whole or not at all.

    Raises:
        ValueError: the loss is NaN or infinite, or another training has begun there.
    """
    training = material.training
    num_learned = len(rows.learned)
    steps = max(1, int(material.config.passes * num_learned / training.learner.batch_size))
    counts = {"games": rows.num_games, "rows": num_learned, "steps": steps}
    rules = training.rules
    card = PlayerCard(
        architecture,
        rules.width,
        rules.height,
        rules.komi,
        material.origin | counts,
        scoring=rules.scoring,
        sizes=training.mix.komi_by_size,
    )
    saves = path.with_name(f"{path.name}-unfinished")
    check_saves(saves, card)
    try:
        weights, validation = retrain(
            rows, architecture, training, card, steps, saves, lambda status: watch(path, status)
        )
    except Diverged as error:
        raise UserError(
            f"{path} is not made, its loss is no number any more ({error}): wanted another size, "
            f"or --learning-rate below {training.learner.learning_rate:g}"
        ) from error
    if validation is not None:
        losses = {name: round(loss, 4) for name, loss in asdict(validation).items()}
        card.training["held_out"] = losses
    with new_folder(path) as unfinished:
        write_package(unfinished, weights, card)
    shutil.rmtree(saves, ignore_errors=True)


def check_saves(saves: Path, card: PlayerCard) -> None:
    """Delete half-written saves; raise ValueError where an unfinished training is another one."""
    delete_unfinished(saves)
    for state in saved_states(saves):
        if read_card(state).training != card.training:
            raise UserError(
                f"{saves} holds the beginning of another training: wanted the same dataset, rows "
                "and passes, or that folder moved away"
            )


def players_of(folders: Sequence[Path], visits: int) -> dict[str, tuple[Path, int]]:
    """Each package's net alone, and with a search where there are visits, by the player's name."""
    searched = (0, visits) if visits else (0,)
    return {
        player_name(folder, number): (folder, number) for number in searched for folder in folders
    }


def rated(
    players: dict[str, tuple[Path, int]], made: Sequence[Path], match: "TournamentResult"
) -> list[ResizedPlayer]:
    """Write ratings on the new nets' cards; returns all players, fastest first."""
    cards = {folder: load_package(folder).card for folder, _ in players.values()}
    for folder in made:
        rating = rating_in(match.page.with_suffix(".json"), cards[folder].weights_sha256)
        write_text(folder / CARD_FILE, card_text(replace(cards[folder], rating=rating)))
    found = []
    for one in match.report.ratings:
        folder, visits = players[one.player]
        pace = match.report.paces[one.player].wall.median
        found.append(
            ResizedPlayer(
                folder, cards[folder].architecture, visits, pace, one.elo, one.low, one.high
            )
        )
    return sorted(found, key=lambda player: player.milliseconds)
