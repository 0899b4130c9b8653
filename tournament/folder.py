"""The folder of a tournament: its configuration, and its games, appended as they end."""

import os
from collections.abc import Mapping
from pathlib import Path

from insei.engine.position import Position
from insei.engine.sgf.record import GameRecord, write_sgf
from insei.system.configuration import build, differing
from insei.system.errors import UserError
from insei.system.files import open_file, read_text, write_text
from insei.system.lock import FolderLock
from insei.system.plain_yaml import parse_yaml
from insei.system.records import Lines, append_records
from insei.tournament.match import Job, PlayedGame
from insei.tournament.recorded import read_games
from insei.tournament.tournament_config import TournamentConfig

CONFIG_FILE = "config.yaml"
GAMES_FILE = "games.jsonl"
SGF_FOLDER = "sgf"
FREE = (  # keys that may change from one session to the next
    "name", "players", "games", "pairings", "workers", "anchor", "anchor_elo",
)  # fmt: skip


class TournamentFolder:
    """The folder of one tournament, for one program at a time.

    Args:
        path: made if it is missing.
        config_text: the resolved configuration. Players and numbers of games may change from one
            session to the next; the conditions that games are played under may not.

    Raises:
        ValueError: the folder holds a tournament of other conditions, or is in use.
    """

    def __init__(self, path: Path, config_text: str) -> None:
        self.path = path
        (path / SGF_FOLDER).mkdir(parents=True, exist_ok=True)
        self.lock = FolderLock(path)
        config_file = path / CONFIG_FILE
        has_games = (path / GAMES_FILE).exists()  # without games the conditions may still change
        try:
            before = read_text(config_file) if has_games and config_file.exists() else config_text
            changed = changed_conditions(before, config_text)
        except ValueError as error:
            self.lock.close()
            raise UserError(f"{config_file}: {error}; wanted that folder moved away") from error
        if changed:
            self.lock.close()
            raise UserError(
                f"{path} holds a tournament of other conditions ({config_file}: "
                f"{', '.join(changed)}); wanted another name, or that folder moved away"
            )
        if not has_games or before != config_text:
            write_text(config_file, config_text)

    def games(self, jobs: Mapping[str, Job]) -> Lines[PlayedGame]:
        """The scheduled games that were played, each replayed; see `read_games`."""
        return read_games(self.path / GAMES_FILE, jobs)

    def append(self, games: list[PlayedGame], jobs: dict[str, Job]) -> None:
        """Save games that have ended, as SGF files and as lines of JSON."""
        for game in games:
            position = Position(jobs[game.id].rules).play_all(game.moves)
            record = GameRecord(position, game.black, game.white, game.result)
            path = self.path / SGF_FOLDER / sgf_name(game.number, game.id)
            with open_file(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC) as file:
                file.write(write_sgf(record).encode())
        append_records(self.path / GAMES_FILE, [game.rounded() for game in games])

    def close(self) -> None:
        """Let others in."""
        self.lock.close()


def sgf_name(number: int, game_id: str) -> str:
    """The name of a game's file; `number` is the game's within its pairing."""
    return f"{number:04}-{game_id}.sgf"


def changed_conditions(before: str, now: str) -> list[str]:
    """The keys in which two configurations differ, without those that may change.

    Keys missing in `before`, which an older version may have written, have their default.

    Raises:
        ValueError: `before` is no configuration.
    """
    if not parse_yaml(before, CONFIG_FILE):
        raise UserError("not a tournament's configuration")
    old, new = (build(TournamentConfig, parse_yaml(text, CONFIG_FILE)) for text in (before, now))
    return [key for key in differing(old, new) if key.partition(".")[0] not in FREE]
