"""A tournament on disk: games appended as they end, continued where it stood, then reported."""

from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from insei.agents.grammar import is_external, make_player
from insei.engine.rules import Rules
from insei.system.errors import UserError
from insei.system.records import BadRecord, read_record, write_record
from insei.tournament.cost import PlayerCost, cost_of, cost_of_program
from insei.tournament.folder import TournamentFolder
from insei.tournament.match import Job, PlayedGame
from insei.tournament.memory_use import MemoryUse
from insei.tournament.provenance import identity_of, last_identity, note_session, sessions
from insei.tournament.report import Facts, TournamentReport, points_of, write_report
from insei.tournament.schedule import schedule
from insei.tournament.sprt import decision, log_likelihood_ratio
from insei.tournament.tournament_config import TournamentConfig

T = TypeVar("T")
MEMORY_FILE = "footprints.json"
PLAYERS_FILE = "players.json"  # each player's fingerprint when it first played


@dataclass(frozen=True)
class Progress:
    """How many of a tournament's games have ended."""

    done: int
    total: int


def ignore(what: object) -> None:
    """Watch nothing."""


def check_players(
    config: TournamentConfig, folder: TournamentFolder, playing: Collection[str]
) -> tuple[dict[str, PlayerCost], dict[str, str]]:
    """Make the players, and record their versions; returns costs and fingerprints by player.

    A program or a Python file that has no games to play is not started. Its version is that of the
    newest session that knows it.

    Args:
        playing: players with games still to be played.

    Raises:
        UserError: a name is unknown, a package is missing or damaged, a name refers to another
            net or file than when this tournament began, or a program that has games to play can't
            be started.
    """
    found, fingerprints, identities = {}, {}, {}
    path = folder.path / PLAYERS_FILE
    before = kept_in(path, str)
    known = sessions(folder.path).values
    for name in config.players:
        if is_external(name) and name not in playing:
            found[name], identities[name] = cost_of_program(name), last_identity(known, name)
            continue
        with closing(make_player(name)) as player:
            found[name] = cost_of(player, config.rules)
            fingerprints[name] = player.fingerprint
            identities[name] = identity_of(player, name in playing)
        if before.get(name, fingerprints[name]) != fingerprints[name]:
            raise UserError(
                f"{name} has changed since it first played in {folder.path}; wanted the same "
                "player, another name for the tournament, or that folder moved away"
            )
    write_record(path, before | fingerprints)
    note_session(folder.path, identities)
    return found, fingerprints


def check_openings(config: TournamentConfig, jobs: Iterable[Job]) -> None:
    """Check that an sprt has an opening for each of its pairs; a repeated pair is no evidence.

    Raises:
        UserError: it has fewer.
    """
    found = len({job.opening for job in jobs})
    if config.format == "sprt" and 2 * found < config.games:
        raise UserError(
            f"games {config.games}: wanted at most {2 * found} for an sprt, two for each of the "
            f"{found} openings that there are"
        )


def memory_uses(
    config: TournamentConfig,
    folder: TournamentFolder,
    measure: Callable[[str, Rules], MemoryUse | None],
) -> dict[str, MemoryUse]:
    """Each player's memory, measured once and kept in the folder."""
    path = folder.path / MEMORY_FILE
    kept = kept_in(path, MemoryUse)
    for name in config.players:
        if name not in kept and (found := measure(name, config.rules)):
            kept[name] = found
            write_record(path, kept)
    return {name: kept[name] for name in config.players if name in kept}


def kept_in(path: Path, kind: type[T]) -> dict[str, T]:
    """The values by player in a JSON file of the folder; empty if there is no such file.

    Raises:
        UserError: it is damaged.
    """
    if not path.exists():
        return {}
    try:
        return read_record(dict[str, kind], path)  # type: ignore[valid-type]
    except BadRecord as error:
        raise UserError(f"{error}; wanted that file moved away") from error


def unmeasured(name: str, rules: Rules) -> None:
    """Leave a player's memory unmeasured."""


def run_tournament(
    config: TournamentConfig,
    folder: TournamentFolder,
    play: Callable[[list[Job]], Iterable[list[PlayedGame]]] | None,
    watch: Callable[[Progress], None],
    measure: Callable[[str, Rules], MemoryUse | None] = unmeasured,
    notice: Callable[[str], None] = ignore,
) -> TournamentReport:
    """Play the missing games, and write the report.

    Args:
        play: jobs to their games, as they come in. None plays nothing.
        watch: told how far the games are, whenever some have ended.
        measure: a player's memory, as `memory_use_of`.
        notice: told in one line what a user should know: lines set aside, programs to be started.

    Returns:
        what the report shows.
    """
    jobs = {job.id: job for job in schedule(config)}
    check_openings(config, jobs.values())
    recorded = folder.games(jobs)
    for said in filter(None, (recorded.notice, sessions(folder.path).notice)):
        notice(said)
    played = {game.id: game for game in recorded.values}
    missing = [job for job in jobs.values() if job.id not in played]
    if play is None or is_decided(config, played):
        missing = []
    playing = {name for job in missing for name in (job.black, job.white)}
    if programs := sorted(filter(is_external, playing)):
        notice(f"starting {', '.join(programs)}")
    costs, prints = check_players(config, folder, playing)
    watch(Progress(len(played), len(jobs)))
    due = [replace(job, fingerprints=(prints[job.black], prints[job.white])) for job in missing]
    for games in play(due) if play else ():
        folder.append(games, jobs)
        played |= {game.id: game for game in games}
        watch(Progress(len(played), len(jobs)))
        if is_decided(config, played):
            break
    games_played = list(played.values())
    verdict = verdict_of(config, pair_shares(config, games_played))
    facts = Facts(
        costs, memory_uses(config, folder, measure), sessions(folder.path).values, verdict
    )
    return write_report(folder.path, config, games_played, facts)


def is_decided(config: TournamentConfig, played: Mapping[str, PlayedGame]) -> bool:
    """Whether an sprt has come to its decision."""
    if config.format != "sprt":
        return False
    return bool(decision(pair_shares(config, played.values()), config.sprt))


def verdict_of(config: TournamentConfig, pairs: list[float]) -> str:
    """The result of an sprt, in a sentence; empty for other formats."""
    if config.format != "sprt":
        return ""
    test = config.sprt
    ratio = log_likelihood_ratio(pairs, test)
    decided = decision(pairs, test)
    first, second = config.players
    said = {
        "elo1": f"{first} is stronger than {second} by {test.elo1:g} Elo rather than {test.elo0:g}",
        "elo0": f"{first} is stronger than {second} by {test.elo0:g} Elo rather than {test.elo1:g}",
        "": "undecided",
    }[decided]
    return (
        f"Sequential test: {said} (log-likelihood ratio {ratio:.2f} within {test.low:.2f} and "
        f"{test.high:.2f}, {len(pairs)} pairs, alpha {test.alpha:g}, beta {test.beta:g})."
    )


def pair_shares(config: TournamentConfig, games: Iterable[PlayedGame]) -> list[float]:
    """The first player's share of each opening's two games, in order, up to the first gap.

    Games are counted in the order of the schedule, not as they end: short games would bias the
    test.
    """
    first = config.players[0]
    shares: dict[int, float] = {}
    for game in games:
        black = points_of(game)
        shares[game.number] = black if game.black == first else 1 - black
    found = []
    number = 0
    while number in shares and number + 1 in shares:
        found.append((shares[number] + shares[number + 1]) / 2)
        number += 2
    return found
