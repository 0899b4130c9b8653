"""A tournament on disk: games appended as they end, continued where it stood, then reported."""

import json
from collections.abc import Callable, Collection, Iterable
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from insei.agents.grammar import make_player
from insei.engine.rules import Rules
from insei.system.files import write_text
from insei.tournament.cost import Anatomy, anatomy_of
from insei.tournament.folder import TournamentFolder
from insei.tournament.footprint import Footprint
from insei.tournament.match import Job, PlayedGame
from insei.tournament.provenance import identity_of, note_session, sessions
from insei.tournament.report import Facts, Game, Report, points_of, write_report
from insei.tournament.schedule import schedule
from insei.tournament.sprt import decision, log_likelihood_ratio
from insei.tournament.tournament_config import TournamentConfig

FOOTPRINTS_FILE = "footprints.json"
PLAYERS_FILE = "players.json"  # the fingerprint of each, as it sat down first


@dataclass(frozen=True)
class Progress:
    """How many of a tournament's games have ended."""

    done: int
    total: int


def check_players(
    config: TournamentConfig, folder: TournamentFolder, playing: Collection[str]
) -> tuple[dict[str, Anatomy], dict[str, str]]:
    """Make every player once, and note who sat down; returns what each is made of, and its print.

    Args:
        playing: those with games still to be played.

    Raises:
        ValueError: a name is unknown, a package is missing or damaged, a name means another net or
            file than it did when this tournament began, or a program that is to play can't be
            started.
    """
    found, fingerprints, identities = {}, {}, {}
    path = folder.path / PLAYERS_FILE
    before = kept_in(path)
    for name in config.players:
        with closing(make_player(name)) as player:
            found[name] = anatomy_of(player, config.rules)
            fingerprints[name] = player.fingerprint
            identities[name] = identity_of(player, name in playing)
        if before.get(name, fingerprints[name]) != fingerprints[name]:
            raise ValueError(
                f"{name} is another one than when it sat down in {folder.path}; wanted the same, "
                "another name for the tournament, or that folder moved away"
            )
    write_text(path, json.dumps(before | fingerprints, indent=2) + "\n")
    note_session(folder.path, identities)
    return found, fingerprints


def check_openings(config: TournamentConfig, jobs: Iterable[Job]) -> None:
    """See that a match to a decision has an opening for each of its pairs.

    Raises:
        ValueError: it has fewer, and a pair that another repeats would count as evidence.
    """
    found = len({job.opening for job in jobs})
    if config.format == "sprt" and 2 * found < config.games:
        raise ValueError(
            f"games {config.games}: wanted at most {2 * found} for an sprt, two for each of the "
            f"{found} openings that there are"
        )


def footprints(
    config: TournamentConfig,
    folder: TournamentFolder,
    measure: Callable[[str, Rules], Footprint | None],
) -> dict[str, Footprint]:
    """Each player's memory, measured once and kept in the folder."""
    path = folder.path / FOOTPRINTS_FILE
    kept = kept_in(path)
    for name in config.players:
        if name not in kept and (found := measure(name, config.rules)):
            kept[name] = asdict(found)
            write_text(path, json.dumps(kept, indent=2) + "\n")
    return {name: Footprint(**kept[name]) for name in config.players if name in kept}


def kept_in(path: Path) -> dict[str, Any]:
    """What a file of the folder says, nothing where there is none.

    Raises:
        ValueError: it is damaged.
    """
    if not path.exists():
        return {}
    try:
        return dict(json.loads(path.read_text()))
    except ValueError as error:
        raise ValueError(f"{path}: {error}; wanted that file moved away") from error


def no_footprint(name: str, rules: Rules) -> None:
    """Leave a player's memory unmeasured."""


def run_tournament(
    config: TournamentConfig,
    folder: TournamentFolder,
    play: Callable[[list[Job]], Iterable[list[PlayedGame]]] | None,
    watch: Callable[[Progress], None],
    measure: Callable[[str, Rules], Footprint | None] = no_footprint,
) -> Report:
    """Play the games that are still missing, and write the report.

    Args:
        play: jobs to their games, as they come in. None plays nothing.
        watch: told how far the games are, whenever some have ended.
        measure: a player's memory, as `footprint_of`.

    Returns:
        what the report tells.
    """
    jobs = {job.id: job for job in schedule(config)}
    check_openings(config, jobs.values())
    played = {game["id"]: game for game in folder.games() if game["id"] in jobs}
    missing = [job for job in jobs.values() if job.id not in played]
    if play is None or is_decided(config, played):
        missing = []
    playing = {name for job in missing for name in (job.black, job.white)}
    anatomies, prints = check_players(config, folder, playing)
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
    facts = Facts(anatomies, footprints(config, folder, measure), sessions(folder.path), verdict)
    return write_report(folder.path, config, games_played, facts)


def is_decided(config: TournamentConfig, played: dict[str, Game]) -> bool:
    """Whether a match to a decision has one."""
    if config.format != "sprt":
        return False
    return bool(decision(pair_shares(config, played.values()), config.sprt))


def verdict_of(config: TournamentConfig, pairs: list[float]) -> str:
    """What a match to a decision has shown, in a sentence; empty for other formats."""
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

    Games come in as they end; those beyond a gap wait, or quick games would count sooner.
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
