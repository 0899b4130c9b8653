"""A tournament on disk: games appended as they end, continued where it stood, then reported."""

import json
from collections.abc import Callable, Collection, Iterable
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from insei.agents.grammar import make_player
from insei.engine.rules import Rules
from insei.system.errors import UserError
from insei.system.files import write_text
from insei.tournament.cost import PlayerCost, cost_of
from insei.tournament.folder import TournamentFolder
from insei.tournament.match import Job, PlayedGame
from insei.tournament.memory_use import MemoryUse
from insei.tournament.provenance import identity_of, note_session, sessions
from insei.tournament.report import Facts, Game, TournamentReport, points_of, write_report
from insei.tournament.schedule import schedule
from insei.tournament.sprt import decision, log_likelihood_ratio
from insei.tournament.tournament_config import TournamentConfig

MEMORY_FILE = "footprints.json"
PLAYERS_FILE = "players.json"  # each player's fingerprint when it first played


@dataclass(frozen=True)
class Progress:
    """How many of a tournament's games have ended."""

    done: int
    total: int


def check_players(
    config: TournamentConfig, folder: TournamentFolder, playing: Collection[str]
) -> tuple[dict[str, PlayerCost], dict[str, str]]:
    """Make every player once, and record its version; returns costs and fingerprints by player.

    Args:
        playing: players with games still to be played.

    Raises:
        UserError: a name is unknown, a package is missing or damaged, a name refers to another
            net or file than when this tournament began, or a program that has games to play can't
            be started.
    """
    found, fingerprints, identities = {}, {}, {}
    path = folder.path / PLAYERS_FILE
    before = kept_in(path)
    for name in config.players:
        with closing(make_player(name)) as player:
            found[name] = cost_of(player, config.rules)
            fingerprints[name] = player.fingerprint
            identities[name] = identity_of(player, name in playing)
        if before.get(name, fingerprints[name]) != fingerprints[name]:
            raise UserError(
                f"{name} has changed since it first played in {folder.path}; wanted the same "
                "player, another name for the tournament, or that folder moved away"
            )
    write_text(path, json.dumps(before | fingerprints, indent=2) + "\n")
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
    kept = kept_in(path)
    for name in config.players:
        if name not in kept and (found := measure(name, config.rules)):
            kept[name] = asdict(found)
            write_text(path, json.dumps(kept, indent=2) + "\n")
    return {name: MemoryUse(**kept[name]) for name in config.players if name in kept}


def kept_in(path: Path) -> dict[str, Any]:
    """The values in a JSON file of the folder; empty if there is no such file.

    Raises:
        UserError: it is damaged.
    """
    if not path.exists():
        return {}
    try:
        return dict(json.loads(path.read_text()))
    except ValueError as error:
        raise UserError(f"{path}: {error}; wanted that file moved away") from error


def unmeasured(name: str, rules: Rules) -> None:
    """Leave a player's memory unmeasured."""


def run_tournament(
    config: TournamentConfig,
    folder: TournamentFolder,
    play: Callable[[list[Job]], Iterable[list[PlayedGame]]] | None,
    watch: Callable[[Progress], None],
    measure: Callable[[str, Rules], MemoryUse | None] = unmeasured,
) -> TournamentReport:
    """Play the missing games, and write the report.

    Args:
        play: jobs to their games, as they come in. None plays nothing.
        watch: told how far the games are, whenever some have ended.
        measure: a player's memory, as `memory_use_of`.

    Returns:
        what the report shows.
    """
    jobs = {job.id: job for job in schedule(config)}
    check_openings(config, jobs.values())
    played = {game["id"]: game for game in folder.games() if game["id"] in jobs}
    missing = [job for job in jobs.values() if job.id not in played]
    if play is None or is_decided(config, played):
        missing = []
    playing = {name for job in missing for name in (job.black, job.white)}
    costs, prints = check_players(config, folder, playing)
    watch(Progress(len(played), len(jobs)))
    due = [replace(job, fingerprints=(prints[job.black], prints[job.white])) for job in missing]
    for games in play(due) if play else ():
        folder.append(games, jobs)
        played |= {game.id: game.as_json() for game in games}
        watch(Progress(len(played), len(jobs)))
        if is_decided(config, played):
            break
    games_played = list(played.values())
    verdict = verdict_of(config, pair_shares(config, games_played))
    facts = Facts(costs, memory_uses(config, folder, measure), sessions(folder.path), verdict)
    return write_report(folder.path, config, games_played, facts)


def is_decided(config: TournamentConfig, played: dict[str, Game]) -> bool:
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


def pair_shares(config: TournamentConfig, games: Iterable[Game]) -> list[float]:
    """The first player's share of each opening's two games, in order, up to the first gap.

    Games are counted in the order of the schedule, not as they end: short games would bias the
    test.
    """
    first = config.players[0]
    shares: dict[int, float] = {}
    for game in games:
        black = points_of(game)
        shares[game["number"]] = black if game["black"] == first else 1 - black
    found = []
    number = 0
    while number in shares and number + 1 in shares:
        found.append((shares[number] + shares[number + 1]) / 2)
        number += 2
    return found
