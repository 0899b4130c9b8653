"""A lesson tells a dataset from a worse one: by losses, regret and a match, each net made once."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from insei.agents.net.find_package import find_package
from insei.agents.net.network import network_from
from insei.agents.net.package import load_package
from insei.agents.search.settings import SearchSettings
from insei.engine.rules import Rules
from insei.main import main
from insei.selfplay.data import load
from insei.selfplay.data.dataset import GameDataset
from insei.selfplay.data.games import SelfPlayGames
from insei.selfplay.history.fields import bytes_of
from insei.selfplay.history.history import History, Proposal
from insei.selfplay.mining.lesson import (
    BranchResult,
    LessonConfig,
    elo_of,
    hold_lesson,
    with_regrets,
)
from insei.selfplay.mining.searching import Searcher
from insei.selfplay.mining.suite import (
    Suite,
    SuitePosition,
    choices,
    position_of,
    regrets,
    with_values,
)
from insei.selfplay.run import DATASET
from insei.system.errors import UserError
from tests.helpers.games import some_games

RULES = Rules(5, 5, 20.0)
PASS = RULES.pass_move
QUICK = {
    "seeds": 1, "positions": 6, "suite_visits": 8, "player": "go5", "games": 2, "workers": 0,
}  # fmt: skip


def spoil(run):
    """A branch on which every policy is a pass."""
    history = History(run)
    history.create_branch("spoiled")
    history.switch("spoiled")
    policy = np.zeros(PASS + 1, np.float32)
    policy[PASS] = 1
    rows = load(run).rows()
    held = {str(game) for game in rows.game if is_held(str(game))}
    value = bytes_of(policy, "policy")
    history.commit(
        [
            Proposal(str(game), int(ply), "policy", value)
            for game, ply in zip(rows.game, rows.ply, strict=True)
            if str(game) not in held
        ],
        "pass always",
    )
    history.switch("main")


def is_held(game):
    from insei.selfplay.health import held_out

    return bool(held_out(np.array([game]), 0.1)[0])


@pytest.mark.slow
def test_a_lesson_tells_a_spoiled_branch_and_teaches_no_net_twice(run, tmp_path, capsys):
    spoil(run)
    told = []
    config = LessonConfig(run, ("main", "spoiled"), passes=0.5, out=tmp_path / "lessons", **QUICK)
    result = hold_lesson(config, reports=tmp_path, watch=told.append)
    main_branch, spoiled = result.branches
    assert main_branch.losses["policy"] < spoiled.losses["policy"]
    assert spoiled.regret == pytest.approx(np.mean(spoiled.regret_by_seed))
    assert spoiled.regret_change.value == pytest.approx(spoiled.regret - main_branch.regret)
    assert spoiled.match.games == 2
    assert any(line.startswith("spoiled, seed 1: step") for line in told)
    told.clear()
    assert hold_lesson(config, reports=tmp_path, watch=told.append) == result
    assert not told, "nets, suite and match are kept"
    capsys.readouterr()
    words = ["lesson", run, "--branch", "main", "spoiled", "--passes", 0.5, "--seeds", 1]
    words += ["--positions", 6, "--suite-visits", 8, "--player", "go5", "--games", 2]
    words += ["--workers", 0, "--out", tmp_path / "lessons", "--reports", tmp_path]
    main([str(word) for word in words])
    said = capsys.readouterr().out
    assert "spoiled" in said
    assert "of 2" in said
    main([*(str(word) for word in words), "--json"])
    assert json.loads(capsys.readouterr().out)["branches"][1]["branch"] == "spoiled"


@pytest.mark.slow
def test_a_lesson_may_begin_with_a_net(run, tmp_path):
    spoil(run)
    quick = QUICK | {"positions": 0, "games": 0}
    out = tmp_path / "lessons"
    config = LessonConfig(run, ("main", "spoiled"), passes=0.1, out=out, **quick)
    random_ones = hold_lesson(config)
    begun = hold_lesson(replace(config, start_from="go5"))
    for before, after in zip(random_ones.branches, begun.branches, strict=True):
        assert after.losses["policy"] < before.losses["policy"]
    package = load_package(Path(begun.branches[0].nets[0]))
    go5 = load_package(find_package("go5")).card
    assert package.card.training["began_with_sha256"] == go5.weights_sha256
    assert package.card.architecture == go5.architecture
    with pytest.raises(UserError, match="nobody"):
        hold_lesson(replace(config, start_from="nobody"))


def test_losses_are_those_of_the_first_branchs_labels(run, tmp_path):
    history = History(run)
    history.create_branch("flipped")
    history.switch("flipped")
    rows = load(run).rows()
    held = sorted({str(game) for game in rows.game if is_held(str(game))})
    for game in held:
        history.edit(game, None, "outcome", "0", "a tie, as it were")
    history.switch("main")
    config = LessonConfig(
        run, ("main", "flipped"), passes=0.1, out=tmp_path / "l",
        **(QUICK | {"positions": 0, "games": 0}),
    )  # fmt: skip
    by_played = hold_lesson(config).branches[0].losses["outcome"]
    turned = hold_lesson(replace(config, branches=("flipped", "main")))
    assert turned.branches[1].losses["outcome"] != by_played


def test_games_that_come_during_a_lesson_are_in_no_branch(run, tmp_path):
    spoil(run)
    more = SelfPlayGames.of(some_games(3, seed=9))
    added = []

    def watch(line):
        if not added:
            added.append(len(GameDataset(run / DATASET, RULES).append(more)))

    quick = QUICK | {"positions": 0, "games": 0}
    config = LessonConfig(run, ("main", "spoiled"), passes=0.1, out=tmp_path / "l", **quick)
    result = hold_lesson(config, watch=watch)
    assert added == [3]
    cards = [load_package(Path(branch.nets[0])).card.training for branch in result.branches]
    assert cards[0]["rows"] == cards[1]["rows"] == result.rows
    assert cards[0]["dataset"]["rows"] == cards[1]["dataset"]["rows"]


def test_the_regret_is_what_the_best_known_move_is_worth_more():
    places = tuple(
        SuitePosition(5, 5, 6.5, (), 7, values)
        for values in ({"7": 0.5, "3": 0.75}, {"7": -0.25, "3": -1.0})
    )
    suite = Suite("", 8, 1, places)
    assert regrets(suite, [7, 7]).tolist() == [0.25, 0.0]
    assert regrets(suite, [3, 3]).tolist() == [0.0, 0.75]


def test_moves_are_valued_by_what_follows_them():
    """White is ahead by the komi: a pass ends the game, and wins it for White."""
    place = SuitePosition(5, 5, 20.0, (PASS,), 12, {})
    suite = Suite("", 4, 1, (place, replace(place, komi=-20.0)))
    settings = SearchSettings(visits=4, considered=4, noise=0.0)
    searcher = Searcher(find_package("go5"), RULES, settings, 1)
    valued = with_values(suite, [[PASS, PASS]], searcher, RULES, lambda line: None)
    first, second = valued.positions
    assert first.values.keys() == second.values.keys() == {"12", str(PASS)}
    assert (first.values[str(PASS)], second.values[str(PASS)]) == (1.0, -1.0)
    assert all(-1 <= value <= 1 for value in first.values.values())
    assert regrets(valued, [PASS, PASS])[0] == 0
    network = network_of("go5")
    moves = choices(network, suite, RULES)
    assert moves[0] == PASS, "go5 wins by passing"
    assert all(position_of(place, RULES).is_legal(move) for move in moves)


def network_of(name):
    package = load_package(find_package(name))
    return network_from(package.weights, package.card.architecture)


def test_a_change_of_regret_is_of_pairs_of_positions():
    empty = BranchResult("", "", (), {}, {}, None, (), None, None)
    rng = np.random.default_rng(1)
    hard = rng.random((1, 1, 400))  # most of the spread is the positions'
    found = np.concatenate([hard, hard - 0.1 + 0.01 * rng.standard_normal((1, 1, 400))])
    first, second = with_regrets([empty, empty], found)
    assert first.regret_change is None
    change = second.regret_change
    assert change.low < -0.1 < change.high
    assert change.high - change.low < 0.01


def test_elo_of_a_share_is_finite():
    assert elo_of(0.5, 10) == 0
    assert elo_of(0.64, 10) == pytest.approx(100, abs=1)
    assert elo_of(1.0, 10) == elo_of(0.95, 10)
    assert elo_of(0.0, 10) == pytest.approx(-elo_of(1.0, 10))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"branches": ("main",)}, "branches main: wanted two or more"),
        ({"branches": ("main", "main")}, "wanted two or more, each of them once"),
        ({"branches": ("main", "other")}, "other"),
        ({"branches": ("main", "played")}, "wanted branches whose commits differ"),
        ({"games": 3}, "games 3: wanted an even number"),
        ({"seeds": 0}, "seeds 0: wanted 1"),
        ({"positions": 1}, "positions 1: wanted 0, or 2 and more"),
    ],
)
def test_bad_input_is_one_line(run, tmp_path, changes, said):
    with pytest.raises(UserError, match=said) as error:
        hold_lesson(LessonConfig(run, **({"branches": ("main", "b")} | QUICK | changes)))
    assert "\n" not in str(error.value)


def test_a_run_without_a_net_needs_a_player(run, tmp_path):
    spoil(run)
    config = LessonConfig(
        run, ("main", "spoiled"), out=tmp_path / "l", **(QUICK | {"player": None})
    )
    with pytest.raises(UserError, match="wanted --player, or a run with a net"):
        hold_lesson(config)
    assert not (tmp_path / "l").exists()
