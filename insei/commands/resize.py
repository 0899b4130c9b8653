"""`insei resize`: a net made wider, narrower, deeper or flatter, retrained on the same games."""

import itertools
import math
import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from insei.commands.games_bar import GamesBar
from insei.commands.options import Address, Reports, Workers
from insei.commands.package import rating_of
from insei.commands.train import quieten, read_config

if TYPE_CHECKING:
    from insei.agents.net.architecture import NetworkConfig
    from insei.agents.net.package import Package
    from insei.selfplay.studies.lessons import Book
    from insei.selfplay.train_config import TrainConfig
    from insei.tournament.session import TournamentResult

LARGEST_FACTOR = 4.0  # of channels; larger numbers are numbers of channels


@dataclass(frozen=True)
class Lesson:
    """What the new nets are made from."""

    player: str
    folder: Path  # of the player's package
    package: "Package"
    run: Path
    config: "TrainConfig"
    passes: float
    rows: int  # the newest so many


def resize(
    player: str,
    /,
    *,
    dataset: Path,
    channels: Annotated[list[float] | None, Parameter(consume_multiple=True)] = None,
    blocks: Annotated[list[int] | None, Parameter(consume_multiple=True)] = None,
    out: Path = Path("resized"),
    passes: float = 4.0,
    rows: int = 500_000,
    learning_rate: float | None = None,
    games: int = 100,
    visits: int = 64,
    workers: Workers = 2,
    reports: Reports = Path("reports"),
    address: Address = None,
) -> None:
    """Make nets of other widths and depths, train each on recorded games alone, and rate them.

    Example: `insei resize go7 --dataset runs/go7 --channels 0.5 0.25 --out resized/go7`. Each net
    learns from random weights on the games of a run, without self-play, and becomes a package in
    the folder, OUT/4b24 say. All then play each other and the original, alone and with a search;
    the table tells Elo against time a move. The same command goes on after a stop.

    Parameters
    ----------
    player
        The net to begin from: a package, a run's folder, or the name of a shipped player.
    dataset
        The run whose games are learned from; on the board of the player.
    channels
        Factors of the player's width up to 4, or numbers of channels; several make several nets.
    blocks
        Numbers of residual blocks; the player's own by default.
    out
        Where the packages go.
    passes
        Times that each row is learned from.
    rows
        The newest so many rows are learned from.
    learning_rate
        The optimiser's; the run's own by default.
    games
        Of each pairing, even; 0 makes the nets and does not rate them.
    visits
        Simulations of the searching players.
    """
    from insei.agents.net.find_package import check_nameable
    from insei.selfplay.studies.lessons import open_book
    from insei.tournament.session import check_conditions, hold_tournament
    from insei.tournament.tournament_config import TournamentConfig

    quieten()
    if games < 0 or games % 2:
        raise ValueError(f"games {games}: wanted an even number, 2 or more, or 0")
    check_nameable(out)
    lesson = lesson_of(player, dataset, passes, rows, learning_rate)
    wanted = architectures(lesson.package.card.architecture, channels or [1.0], blocks or [])
    folders = {out / name_of(one): one for one in wanted}
    missing = {path: one for path, one in folders.items() if not is_made(path, lesson)}
    players = players_of([lesson.folder, *folders], visits)
    match = TournamentConfig(  # refused before the lessons, not after
        name=out.name,
        players=tuple(players),
        rules=lesson.config.rules,
        games=games or 2,
        opening_plies=4,
        workers=workers,
    )
    if games:
        check_conditions(match, reports)
    if missing:
        book = open_book(dataset, lesson.config, rows)
        for path, architecture in missing.items():
            make(path, architecture, lesson, book)
    if games:
        with GamesBar() as bar:
            held = hold_tournament(
                match, reports, address=address, watch=bar.show, notice=bar.notice
            )
        tell_ratings(players, lesson, held)


def lesson_of(
    player: str, dataset: Path, passes: float, rows: int, learning_rate: float | None
) -> Lesson:
    """What is learned from: a player's size and board, and a run's games.

    Raises:
        ValueError: a number is out of bounds, there is no such player or run, or they are of
            different boards.
    """
    from insei.agents.net.find_package import find_package
    from insei.agents.net.package import load_package

    if not 0 < passes <= 1000:
        raise ValueError(f"passes {passes}: wanted above 0, to 1000")
    folder = find_package(player)
    package = load_package(folder)
    config = read_config(dataset)
    if learning_rate is not None:
        learner = replace(config.learner, learning_rate=learning_rate)
        config = replace(config, learner=learner)
    own = package.card.width, package.card.height
    frame = config.rules
    if (frame.width, frame.height) != own:
        raise ValueError(
            f"{dataset} holds games on {frame.size_name}; wanted {own[0]}x{own[1]}, the board of "
            f"{player}"
        )
    return Lesson(player, folder, package, dataset, config, passes, rows)


def architectures(
    own: "NetworkConfig", channels: list[float], blocks: list[int]
) -> "list[NetworkConfig]":
    """The nets that were asked for; every width with every depth, less the original.

    Raises:
        ValueError: none is left, or one is out of bounds.
    """
    found = []
    for width, depth in itertools.product(channels, blocks or [own.blocks]):
        if not 0 < width < math.inf:
            raise ValueError(f"channels {width}: wanted a factor above 0, or a number")
        number = 4 * round(width * own.channels / 4) if width <= LARGEST_FACTOR else int(width)
        one = replace(own, channels=max(4, number), blocks=depth)
        if one != own and one not in found:
            found.append(one)
    if not found:
        raise ValueError(
            f"a net of {name_of(own)} is there already: wanted --channels or --blocks of another"
        )
    return found


def name_of(architecture: "NetworkConfig") -> str:
    """A net's size as people write it: 4b24."""
    return f"{architecture.blocks}b{architecture.channels}"


def origin_of(lesson: Lesson) -> dict[str, Any]:
    """What the card of a new net tells of where it comes from."""
    return {
        "resized_from": lesson.player,
        "resized_from_sha256": lesson.package.card.weights_sha256,
        "dataset": str(lesson.run),
        "passes": lesson.passes,
        "newest_rows": lesson.rows,
        "learning_rate": lesson.config.learner.learning_rate,
    }


def is_made(path: Path, lesson: Lesson) -> bool:
    """Whether a package is there from the same lesson.

    Raises:
        ValueError: something else is.
    """
    from insei.agents.net.package import read_card

    if not path.exists():
        return False
    training = read_card(path).training
    if any(training.get(key) != value for key, value in origin_of(lesson).items()):
        raise ValueError(f"{path} is there, and comes from elsewhere: wanted another --out")
    return True


def make(path: Path, architecture: "NetworkConfig", lesson: Lesson, book: "Book") -> None:
    """Train one net and write its package, whole or not at all.

    Raises:
        ValueError: the loss is no number any more, or another lesson has begun there.
    """
    from dataclasses import asdict

    from insei.agents.net.package import PlayerCard, write_package
    from insei.selfplay.learner import Diverged
    from insei.selfplay.studies.lessons import teach
    from insei.system.files import new_folder

    config = lesson.config
    steps = max(1, int(lesson.passes * len(book.learned) / config.learner.batch_size))
    rules = config.rules
    training = origin_of(lesson) | {
        "games": book.num_games,
        "rows": len(book.learned),
        "steps": steps,
    }
    card = PlayerCard(
        architecture,
        rules.width,
        rules.height,
        rules.komi,
        training,
        scoring=rules.scoring,
        sizes=config.mix.komi_by_size,
    )
    saves = path.with_name(f"{path.name}-unfinished")
    check_saves(saves, card)

    def tell(done: int, loss: float) -> None:
        print(f"{path}: step {done:,} of {steps:,}, loss {loss:.3f}", flush=True)

    try:
        weights, found = teach(book, architecture, config, card, steps, saves, tell)
    except Diverged as error:
        raise ValueError(
            f"{path} is not made, its loss is no number any more ({error}): wanted another size, "
            f"or --learning-rate below {config.learner.learning_rate:g}"
        ) from error
    if found is not None:
        card.training["held_out"] = {name: round(one, 4) for name, one in asdict(found).items()}
    with new_folder(path) as unfinished:
        write_package(unfinished, weights, card)
    shutil.rmtree(saves, ignore_errors=True)


def check_saves(saves: Path, card: Any) -> None:
    """Raise ValueError where an unfinished lesson is of another kind; half-written saves go."""
    from insei.agents.net.package import read_card
    from insei.system.files import delete_unfinished

    delete_unfinished(saves)
    for one in sorted(saves.glob("*")):
        if one.name.isdigit() and read_card(one).training != card.training:
            raise ValueError(
                f"{saves} holds another lesson's beginning: wanted the same dataset, rows and "
                "passes, or that folder moved away"
            )


def players_of(folders: list[Path], visits: int) -> dict[str, Path]:
    """Each package's net alone, and with a search where there are visits, by the player's name."""
    from insei.selfplay.rating import player_name

    if visits < 0:
        raise ValueError(f"visits {visits}: wanted 0 or more")
    searched = (0, visits) if visits else (0,)
    return {player_name(folder, number): folder for number in searched for folder in folders}


def tell_ratings(players: dict[str, Path], lesson: Lesson, held: "TournamentResult") -> None:
    """Write ratings on the new nets' cards, and print the table of all."""
    from insei.agents.net.package import CARD_FILE, card_text, load_package
    from insei.system.files import write_text

    packages = {folder: load_package(folder) for folder in players.values()}
    _, *folders = packages  # the first is the original
    for folder in folders:
        card = packages[folder].card
        rating = rating_of(card.weights_sha256, held.page.with_suffix(".json"))
        write_text(folder / CARD_FILE, card_text(replace(card, rating=rating)))
    paces = held.report.paces
    print(f"| player | net | parameters | ms a move | Elo over {lesson.player} alone | 95 % |")
    print("|---|---|---|---|---|---|")
    for one in sorted(held.report.ratings, key=lambda one: paces[one.player].wall.median):
        folder = players[one.player]
        card = packages[folder].card
        _, _, visits = one.player.partition("visits=")
        kind = f"{visits} visits" if visits else "alone"
        print(
            f"| {name_of(card.architecture)}, {kind} | {folder} | "
            f"{card.architecture.num_parameters():,} | {paces[one.player].wall.median:.2f} | "
            f"{one.elo:+.0f} | {one.low:+.0f} to {one.high:+.0f} |"
        )
    print(f"report: {held.page}")
