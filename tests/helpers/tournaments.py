"""A small tournament, and players that do as they are told."""

from insei.agents.player import Choice
from insei.engine.rules import Rules
from insei.system.configuration import to_yaml
from insei.tournament.folder import TournamentFolder
from insei.tournament.match import Job, PlayedGame
from insei.tournament.playing import play_here
from insei.tournament.run import ignore, run_tournament
from insei.tournament.tournament_config import TournamentConfig

CONFIG = TournamentConfig(
    name="small",
    players=("random", "capture", "influence"),
    rules=Rules(5, 5, 14.5),
    games=4,
    opening_plies=2,
    workers=0,
)


JOB = Job(0, "a", "b", Rules(3, 3, 0.5), (), 1, 40)


def played(number, black, white, winner, **others):
    """A game without moves."""
    both = {"black": [], "white": []}
    fields = {"id": str(number), "result": "", "reason": "", "moves": [], "opening_plies": 0}
    fields |= {"seconds": both, "operations": {"black": 0, "white": 0}}
    return PlayedGame(**fields | others, number=number, black=black, white=white, winner=winner)


class Scripted:
    """Plays a list of moves."""

    num_parameters = 0
    fingerprint = ""

    def __init__(self, *moves):
        self.name = "scripted"
        self.moves = moves

    def new_game(self, rules, seed):
        self.left = iter(self.moves)

    def choose(self, position):
        return Choice(next(self.left))

    def close(self):
        pass


def hold(tmp_path, config=CONFIG, play=play_here, notice=ignore):
    folder = TournamentFolder(tmp_path / config.name, to_yaml(config))
    try:
        run_tournament(config, folder, play, ignore, notice=notice)
        return folder.path / "report.html"
    finally:
        folder.close()
