"""KaTrain without its window: its own classes play, analyse and review on 9x9 with a given engine.

    python tests/helpers/programs/katrain_game.py NUM_GAMES ENGINE COMMAND...

Prints one JSON object with what KaTrain found.
"""

import json
import shlex
import sys
import time

from katrain.core.ai import generate_ai_move
from katrain.core.base_katrain import KaTrainBase
from katrain.core.constants import AI_DEFAULT, AI_POLICY
from katrain.core.engine import KataGoEngine
from katrain.core.game import Game, Move

SIZE = 9
MOST_MOVES = 300
VISITS = 12


class Katrain(KaTrainBase):
    """Keeps what KaTrain logs as errors."""

    def __init__(self):
        self.errors = []
        super().__init__(force_package_config=True, debug_level=0)

    def log(self, message, level=0):
        if level == -1 or "ERROR" in str(message) or "Unexpected" in str(message):
            self.errors.append(str(message))

    def __call__(self, *message):
        self.errors.append(str(message))


def wait_for(is_done, what):
    """Wait until a thread of KaTrain has done its work."""
    for _ in range(6000):
        if is_done():
            return
        time.sleep(0.01)
    raise SystemExit(f"KaTrain waited in vain for {what}")


def new_game(katrain, engine):
    game = Game(katrain, engine, game_properties={"SZ": SIZE, "KM": 7, "RU": "chinese"})
    katrain.game = game
    return game


def play_game(katrain, engine, strategy):
    """A game of KaTrain's player against itself; the number of moves, and whether it ended."""
    game = new_game(katrain, engine)
    engine.on_new_game()
    moves = 0
    while not game.end_result and moves < MOST_MOVES:
        game.current_node.analyze(engine)
        wait_for(lambda: game.current_node.analysis_complete, "an analysis")
        generate_ai_move(game, strategy, katrain.config(f"ai/{strategy}") or {})
        moves += 1
    return moves, bool(game.end_result)


def review(katrain, engine):
    """What KaTrain's tools find of one position: alternatives, a region, points lost."""
    game = new_game(katrain, engine)
    for vertex in ("E5", "C3", "G7"):
        game.play(Move.from_gtp(vertex, player="BW"[game.current_node.depth % 2]))
    node = game.current_node
    for each in node.nodes_from_root:
        wait_for(lambda each=each: each.analysis_complete, "an analysis")
    first = set(node.analysis["moves"])
    node.analyze(engine, find_alternatives=True)
    wait_for(lambda: set(node.analysis["moves"]) > first, "alternatives")
    region = [6, 8, 6, 8]
    node.analyze(engine, region_of_interest=region)
    wait_for(engine.is_idle, "a region")
    node.analyze(engine, ponder=True)
    wait_for(lambda: node.root_visits > VISITS, "pondering")
    engine.stop_pondering()
    wait_for(engine.is_idle, "the end of pondering")
    return {
        "candidates": len(first),
        "alternatives": len(set(node.analysis["moves"]) - first),
        "points_lost": node.points_lost,
        "score": node.score,
        "ownership": len(node.ownership),
        "policy": len(node.policy),
    }


def main():
    """Run everything, and print what was found."""
    games, *command = sys.argv[1:]
    katrain = Katrain()
    config = dict(katrain.config("engine"))
    config |= {"backend": "custom", "altcommand": f"exec {shlex.join(command)}"}
    config |= {"max_visits": VISITS, "fast_visits": 4, "max_time": 60.0}
    config |= {"_enable_ownership": True, "allow_recovery": False}
    engine = KataGoEngine(katrain, config)
    found = {"review": review(katrain, engine), "games": []}
    for number in range(int(games)):
        found["games"].append(play_game(katrain, engine, (AI_DEFAULT, AI_POLICY)[number % 2]))
    engine.shutdown(finish=True)
    print(json.dumps(found | {"errors": katrain.errors}))


if __name__ == "__main__":
    main()
