"""What is fuzzed: each harness takes any bytes, and fails only by a bug of ours.

An error that a user can foresee is fine. Any other exception, a wrong result, a crash, an input
that takes seconds or hundreds of megabytes is not. `python -m tests.fuzz.run` feeds the harnesses
by atheris, and `test_harnesses.py` by seeded mutations, so that they can't rot.
"""

import pickle
import tempfile
from contextlib import suppress
from pathlib import Path

import numpy as np

from insei.agents.grammar import UnknownPlayer
from insei.agents.gtp.engine import GtpEngine
from insei.agents.handwritten.random_player import RandomPlayer
from insei.agents.json_analysis.player import read_rules
from insei.agents.json_analysis.query import BadQuery, read_line
from insei.agents.net.package import DamagedPackage, load_package, read_tensors, sha256_of
from insei.engine.errors import BadSgf, GameOver, IllegalMove
from insei.engine.position import Position
from insei.engine.positions import LEAVE, Positions
from insei.engine.rules import KO_RULES, Rules
from insei.engine.sgf.record import read_sgf, write_sgf
from insei.engine.sgf.variations import read_variations, write_variations
from insei.selfplay.train_config import TrainConfig
from insei.system.configuration import build, to_yaml
from insei.system.errors import UserError
from insei.system.plain_yaml import BadConfig, parse_yaml
from insei.tournament.folder import CONFIG_FILE, GAMES_FILE, TournamentFolder
from insei.tournament.schedule import schedule
from insei.tournament.tournament_config import TournamentConfig
from tests.helpers.reference import Reference

FOLDER = tempfile.TemporaryDirectory(prefix="insei-fuzz-")  # goes with the process
WITH_FILES = ("loadsgf", "printsgf")  # commands of GTP that open a file: names are drawn here


def scratch(name):
    """A file for this process alone."""
    return Path(FOLDER.name) / name


def sgf(data):
    """A game's main line: what was read is written, and read back as the same game."""
    with suppress(BadSgf):
        record = read_sgf(data)
        again = read_sgf(write_sgf(record))
        assert again.position == record.position


def sgf_variations(data):
    """A game with its variations: once written and read, it is written the same way again."""
    with suppress(BadSgf):
        tree = read_variations(data)
        text = write_variations(read_variations(write_variations(tree)))
        assert write_variations(read_variations(text)) == text


def gtp(data):
    """Lines to a GTP engine: each answer has the protocol's form, and none ends the engine."""
    lines = data.decode("utf-8", "replace").split("\n")[:200]
    engine = GtpEngine(RandomPlayer(), Rules(5, 5), "1")
    for line in lines:
        if any(word in line for word in WITH_FILES):
            continue
        answer = engine.answer(line)
        if answer:
            assert answer[0] in "=?"
            assert "\n\n" not in answer
    engine.position.check()
    assert engine.answer("quit") is not None


def json_analysis(data):
    """A line of the JSON analysis protocol."""
    with suppress(BadQuery):
        read_line(data.decode("utf-8", "replace"), read_rules)


def player_card(data):
    """A package with any player.json."""
    path = scratch("player.json")
    path.write_bytes(data)
    with suppress(DamagedPackage):
        load_package(path.parent)


def weights(data):
    """A package's weights."""
    path = scratch("weights.safetensors")
    path.write_bytes(data)
    with suppress(DamagedPackage):
        read_tensors(path, sha256_of(data))


def configuration(data):
    """A configuration of a run or of a tournament; what is accepted is written and read back."""
    with suppress(BadConfig):
        values = parse_yaml(data.decode("utf-8", "replace"), "fuzz.yaml")
        for kind in (TrainConfig, TournamentConfig):
            with suppress(UserError):
                config = build(kind, values)
                assert build(kind, parse_yaml(to_yaml(config), "again")) == config


def recorded_games(data):
    """The games of a tournament's folder."""
    folder = scratch("tournament")
    folder.mkdir(exist_ok=True)
    config = TournamentConfig(name="fuzz", players=("random", "capture"))
    text = to_yaml(config)
    (folder / CONFIG_FILE).write_text(text)
    (folder / GAMES_FILE).write_bytes(data)
    with suppress(UserError, UnknownPlayer):
        opened = TournamentFolder(folder, text)
        try:
            opened.games({job.id: job for job in schedule(config)})
        finally:
            opened.close()


def rules_of(numbers):
    """Rules of any kind, on a small board."""
    width, height, kind, komi = (next(numbers, 0) for _ in range(4))
    territory = bool(kind & 8)
    return Rules(
        1 + width % 6,
        1 + height % 6,
        komi % 20 / 2,
        KO_RULES[kind % 3],
        bool(kind & 4),
        captures_to_win=komi // 20 if kind & 16 else 0,
        scoring="territory" if territory else "area",
        pass_stones=territory and bool(kind & 32),
    )


def games(data):
    """A game by any rules: the engine, a batch and the slow reference agree at each move."""
    numbers = iter(data[:300])
    rules = rules_of(numbers)
    position, reference, batch = Position(rules), Reference(rules), Positions(rules, 2)
    for number in numbers:
        if position.is_over:
            break
        mask = position.legal_mask()
        assert mask.tolist() == reference.legal_mask()
        assert batch.legal_masks()[1].tolist() == mask.tolist()
        move = number % rules.num_actions
        if not mask[move]:
            assert position.why_illegal(move)
            with suppress(IllegalMove):
                position.play(move)
                raise AssertionError(f"{move} is illegal and was played")
            continue
        position.play_in_place(move)
        reference.play(move)
        batch.play([LEAVE, move])
        assert batch[1] == position
        if number > 250:
            position = pickle.loads(pickle.dumps(position))
            batch = pickle.loads(pickle.dumps(batch))
    position.check()
    assert list(position.prisoners) == [reference.prisoners[1], reference.prisoners[2]]
    if not rules.captures_to_win:
        assert position.score(dead=[]) == reference.score()


def pickled_games(data):
    """Pickles of positions made by hand: refused, or games that could be played."""
    numbers = iter(data[:200])
    rules = rules_of(numbers)
    made, _ = Position(rules).__reduce__()
    board = np.zeros((rules.height, rules.width), np.uint8)
    if next(numbers, 0) & 1:
        board.flat = [next(numbers, 0) % 3 for _ in range(rules.num_points)]
    to_play, passes, now, ko = (next(numbers, 1) - 1 for _ in range(4))
    rest = list(numbers)
    moves, movers = rest[::2], [1 + number % 3 for number in rest[1::2]]
    with suppress(ValueError, OverflowError):
        position = made(rules, board, to_play, moves, movers[: len(moves)], passes, now, ko)
        position.check()
        assert position.moves == moves
        with suppress(GameOver, IllegalMove):
            position.play(rules.pass_move).check()


HARNESSES = {
    harness.__name__: harness
    for harness in (
        sgf, sgf_variations, gtp, json_analysis, player_card, weights, configuration,
        recorded_games, games, pickled_games,
    )
}  # fmt: skip
