"""Dead stones beside GNU Go's: python -m benchmarks.dead_stones [--games N] [--json].

GNU Go 3.8 at level 1 plays against itself from four random moves until both pass. Then, at level
10, it names the dead stones (`final_status_list dead`), and `judged` does. Counted are the games in
which both name the same stones.
"""

import shutil

import numpy as np

from benchmarks.measure import parser, tell
from insei.agents.dead_stones import judged
from insei.agents.gtp.program import GtpProgram
from insei.engine.position import Position
from insei.engine.rules import COLOUR_NAMES, Rules
from insei.engine.vertex import move_of, vertex_of

GNU_GO = ["gnugo", "--mode", "gtp", "--level", "1", "--chinese-rules"]
SECONDS = 120.0  # for an answer
RANDOM_MOVES = 4


class GnuGo:
    """GNU Go with a game.

    Args:
        rules: of the game.
        seed: of its moves.
    """

    def __init__(self, rules: Rules, seed: int) -> None:
        self.rules = rules
        self.program = GtpProgram([*GNU_GO, "--seed", str(seed)])
        self.ask(f"boardsize {rules.width}")
        self.ask("clear_board")
        self.ask(f"komi {rules.komi}")

    def ask(self, command: str) -> str:
        """The answer to a command."""
        is_answer, text = self.program.ask(command, SECONDS)
        if not is_answer:
            raise RuntimeError(f"{command}: {text}")
        return text

    def move(self, position: Position) -> int | None:
        """Its move; None if it resigns."""
        said = self.ask(f"genmove {COLOUR_NAMES[position.to_play]}")
        return None if said.lower() == "resign" else move_of(said, self.rules)

    def dead(self) -> set[int]:
        """The stones that it takes off."""
        self.ask("level 10")
        return {move_of(word, self.rules) for word in self.ask("final_status_list dead").split()}


def finished_game(gnu_go: GnuGo, seed: int) -> Position | None:
    """A game of GNU Go against itself; None if it resigned or went on for very long."""
    position = Position(gnu_go.rules)
    rng = np.random.default_rng(seed)
    for _ in range(RANDOM_MOVES):
        move = int(rng.choice(position.legal_moves()[:-1]))
        gnu_go.ask(f"play {COLOUR_NAMES[position.to_play]} {vertex_of(move, gnu_go.rules)}")
        position = position.play(move)
    while not position.is_over:
        found = gnu_go.move(position)
        if found is None or position.num_moves > 3 * gnu_go.rules.num_points:
            return None
        position = position.play(found)
    return position


def agreement(size: int, games: int) -> int:
    """In how many finished games both name the same dead stones."""
    agreed = done = seed = 0
    while done < games:
        seed += 1
        gnu_go = GnuGo(Rules(size, size, 7.5), seed)
        try:
            position = finished_game(gnu_go, seed)
            if position is not None:
                done += 1
                agreed += set(judged(position).dead) == gnu_go.dead()
        finally:
            gnu_go.program.stop(SECONDS)
    return agreed


def main() -> None:
    """Print the table, or one flat JSON object."""
    arguments = parser(__doc__)
    arguments.add_argument("--games", type=int, default=100, help="finished games a size")
    arguments.add_argument("--sizes", type=int, nargs="*", default=[9, 13, 19])
    options = arguments.parse_args()
    if not shutil.which("gnugo"):
        raise SystemExit("gnugo is not on the PATH: wanted GNU Go")
    found = {
        f"agreement_{size}x{size}": agreement(size, options.games) / options.games
        for size in options.sizes
    }
    tell(found, options.json, f"dead stones as GNU Go names them, {options.games} games a size")


if __name__ == "__main__":
    main()
