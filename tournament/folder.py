"""The folder of a tournament: its configuration, and its games, appended as they end."""

from pathlib import Path
from typing import Any

from insei.engine.position import Position
from insei.engine.sgf.record import GameRecord, write_sgf
from insei.system.configuration import build, differing
from insei.system.errors import UserError
from insei.system.files import append_json, read_json_lines, write_text
from insei.system.lock import FolderLock
from insei.system.plain_yaml import parse_yaml
from insei.tournament.match import Job, PlayedGame
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
        before = config_file.read_text() if has_games and config_file.exists() else config_text
        try:
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

    def games(self) -> list[dict[str, Any]]:
        """The games so far, without duplicates."""
        lines = read_json_lines(self.path / GAMES_FILE)
        found = {game["id"]: game for game in lines if "id" in game}
        return list(found.values())

    def append(self, games: list[PlayedGame], jobs: dict[str, Job]) -> None:
        """Save games that have ended, as SGF files and as lines of JSON."""
        for game in games:
            position = Position(jobs[game.id].rules).play_all(game.moves)
            record = GameRecord(position, game.black, game.white, game.result)
            path = self.path / SGF_FOLDER / sgf_name(game.number, game.id)
            path.write_text(write_sgf(record))
        append_json(self.path / GAMES_FILE, [game.as_json() for game in games])

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
