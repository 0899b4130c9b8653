"""The searching player: what it keeps, when it stops, what its analysis says, and its clocks."""

from dataclasses import replace

import numpy as np
import pytest

from insei.agents.clock import Clock, Clocks, TimeControl
from insei.agents.grammar import make_player, search_settings
from insei.agents.net.evaluator import check_finite
from insei.agents.player import RESIGN, SearchingPlayer
from insei.agents.search.search import LEAVES_BY_TIME, Search
from insei.agents.search.search_player import PlaySettings, SearchPlayer
from insei.agents.search.settings import SearchSettings
from insei.engine.diagram import board_from
from insei.engine.position import Position
from insei.engine.rules import BLACK, WHITE, Rules
from insei.tournament.match import Job, play_game
from tests.helpers.games import PseudoEvaluator

RULES = Rules(5, 5, 0.5)
PUCT = SearchSettings(rule="puct", visits=80, noise=0, random_symmetry=False)


class CountingEvaluator(PseudoEvaluator):
    def __init__(self):
        self.rows = 0

    def __call__(self, planes):
        self.rows += len(planes)
        return super().__call__(planes)


def a_search(settings=PUCT, keeps_tree=True):
    return Search(CountingEvaluator(), RULES, settings, keeps_tree, 1)


def run(search, position, seconds=None, stops_early=False):
    search.look_at(position)
    search.run(seconds, stops_early)
    return search


def test_a_search_goes_on_after_both_moves():
    position = Position(RULES)
    search = run(a_search(), position)
    fresh = search.evaluations
    line = search.analysis().best.variation
    after = position.play_all(line[:2])
    run(search, after)
    assert search.num_visits >= PUCT.visits
    assert 0 < search.evaluations < fresh


@pytest.mark.parametrize(("num_moves", "is_kept"), [(0, True), (1, True), (2, True), (3, False)])
def test_the_tree_below_one_or_two_moves_is_kept(num_moves, is_kept):
    position = Position(RULES)
    search = run(a_search(), position)
    line = search.analysis(length=3).best.variation
    below = search.forest.visits_along(0, line)
    assert len(line) == 3
    search.look_at(position.play_all(line[:num_moves]))
    expected = [PUCT.visits, *(visits - 1 for visits in below)][num_moves]
    assert search.num_visits == (expected if is_kept else 0)


def test_a_tree_is_kept_only_where_it_is_wanted_and_only_by_puct():
    position = Position(RULES)
    gumbel = SearchSettings(rule="gumbel", visits=16, noise=0, random_symmetry=False)
    for search in (a_search(keeps_tree=False), a_search(gumbel)):
        move = run(search, position).analysis().best.move
        search.look_at(position.play(move))
        assert search.num_visits == 0


@pytest.mark.parametrize(
    "other",
    [
        Position(RULES).play_all([0, 1, 12]),  # begins with another move
        Position(RULES).play_all([12, 1]),  # the same moves, of which one was taken back
        Position(RULES).play(12).with_to_play(BLACK).play(1),  # the same colour twice
        Position(replace(RULES, komi=1.5)).play_all([12, 1, 2]),
    ],
)
def test_a_game_that_does_not_follow_begins_anew(other):
    before = Position(RULES).play_all([12, 1, 3])
    search = run(a_search(), before)
    search.look_at(other)
    assert search.num_visits == 0


class Watched:
    """A forest whose question "is the move decided?" is recorded, and always answered by no."""

    def __init__(self, forest):
        self.forest = forest
        self.visits_left = []

    def __getattr__(self, name):
        return getattr(self.forest, name)

    def is_decided(self, game, visits_left):
        self.visits_left.append(visits_left)
        return False


def test_the_visits_left_are_those_that_the_time_left_allows(monkeypatch):
    """A clock that ticks a second a look: 4 leaves a second, of 10 seconds."""
    ticks = iter(range(1000))
    monkeypatch.setattr("insei.agents.search.search.time.perf_counter", lambda: next(ticks))
    search = a_search(replace(PUCT, visits=30, leaves=4))
    search.leaves_by_time = 4
    watched = search.forest = Watched(search.forest)
    search.look_at(Position(RULES))
    visits = []
    for _ in search.running(10.0, stops_early=True):
        visits.append(search.num_visits)
    expected = [
        min(30 - number, int(number / elapsed * (10 - elapsed)))
        for elapsed, number in enumerate(visits, 1)
    ]
    assert watched.visits_left == expected[: len(watched.visits_left)]
    assert len(watched.visits_left) > 4
    assert any(left < 30 - number for left, number in zip(expected, visits, strict=True))


def test_another_komi_in_a_game_keeps_the_game_s_seed(tiny_package, monkeypatch):
    seeds = []

    class Watched(Search):
        def __init__(self, evaluate, rules, settings, keep, seed, groups):
            seeds.append((rules.komi, seed))
            super().__init__(evaluate, rules, settings, keep, seed, groups)

    monkeypatch.setattr("insei.agents.search.search_player.Search", Watched)
    player = SearchPlayer(tiny_package, "search", PUCT)
    player.new_game(RULES, 7)
    player.choose(Position(replace(RULES, komi=3.5)))
    assert seeds == [(0.5, 7), (3.5, 7)]


def test_a_position_played_on_in_place_is_not_confused_with_the_old_one():
    position = Position(RULES)
    search = run(a_search(), position)
    position.play_in_place(search.analysis().best.move)
    run(search, position)
    assert search.analysis().position == position


@pytest.mark.parametrize("moves", [[], [3], [3, 9, 12, 13]])
def test_a_search_of_an_unrelated_position_begins_anew(moves):
    search = run(a_search(), Position(RULES).play(12))
    run(search, Position(RULES).play_all(moves))
    assert search.analysis().position == Position(RULES).play_all(moves)
    same = run(a_search(), Position(RULES).play_all(moves))
    assert [candidate.move for candidate in search.analysis().moves[:1]] == [
        same.analysis().best.move
    ]


def test_what_is_kept_is_what_the_settings_say():
    for settings, keeps in ((PUCT, False), (replace(PUCT, rule="gumbel"), True)):
        search = run(a_search(settings, keeps), Position(RULES))
        first = search.evaluations
        run(search, Position(RULES).play(search.analysis().best.move))
        assert search.evaluations >= 0.8 * first


def test_a_search_stops_once_its_move_is_settled():
    board = board_from("X . X . .\nX X X X .\nX X X X X\nX X X X .\nX X X . X")
    position = Position(RULES, board, WHITE)
    patient = run(a_search(replace(PUCT, visits=400)), position)
    hasty = run(a_search(replace(PUCT, visits=400)), position, stops_early=True)
    assert hasty.num_visits < patient.num_visits == 400
    assert hasty.analysis().best.move == patient.analysis().best.move


def test_time_ends_a_search_before_its_visits():
    search = run(a_search(replace(PUCT, visits=20_000)), Position(RULES), seconds=0.05)
    assert 1 <= search.num_visits < 20_000


def test_leaves_come_in_batches_where_time_is_limited_and_singly_where_visits_are_counted():
    batches = []

    class Watched(CountingEvaluator):
        def __call__(self, planes):
            batches.append(len(planes))
            return super().__call__(planes)

    for seconds, largest in ((None, 1), (60, LEAVES_BY_TIME)):
        batches.clear()
        search = run(Search(Watched(), RULES, PUCT, True, 1), Position(RULES), seconds)
        assert search.num_visits == PUCT.visits
        assert max(batches) == largest


def test_an_open_search_goes_on_in_batches_and_gumbels_ends_at_its_visits_singly():
    for settings, largest in ((PUCT, LEAVES_BY_TIME), (replace(PUCT, rule="gumbel"), 1)):
        evaluate = CountingEvaluator()
        search = Search(evaluate, RULES, settings, True, 1)
        search.look_at(Position(RULES))
        rows = []
        while search.num_visits < 2 * settings.visits and search.deepen():
            rows.append(search.evaluations - sum(rows))
        assert max(rows) == largest
        assert search.num_visits >= (2 if largest > 1 else 1) * settings.visits


def test_an_analysis_adds_up():
    position = Position(RULES).play(12)
    analysis = run(a_search(), position).analysis()
    assert analysis.position == position
    assert analysis.visits == PUCT.visits == sum(candidate.visits for candidate in analysis.moves)
    assert analysis.policy.sum() == pytest.approx(1, abs=1e-4)
    assert analysis.policy[12] == 0
    mean = np.average(
        [candidate.win_rate for candidate in analysis.moves],
        weights=[candidate.visits for candidate in analysis.moves],
    )
    assert analysis.win_rate == pytest.approx(mean, abs=0.02)
    for candidate in analysis.moves:
        assert 0 <= candidate.bound <= candidate.win_rate <= 1
        assert candidate.variation[0] == candidate.move
        position.play_all(list(candidate.variation))
    assert analysis.ownership.shape == (5, 5)
    assert len(run(a_search(), position).analysis(num_moves=2).moves) == 2


def test_an_evaluator_without_ownership_is_refused():
    def evaluate(planes):
        return PseudoEvaluator()(planes)._replace(ownership=None)

    search = Search(evaluate, RULES, PUCT, False, 1)
    search.look_at(Position(RULES))
    with pytest.raises(ValueError, match="without ownership: wanted one that finds it"):
        search.step()
    with pytest.raises(ValueError, match="without ownership"):
        search.ownership()


def test_a_game_that_is_over_is_not_searched():
    over = Position(RULES).play_all([25, 25])
    with pytest.raises(ValueError, match="over"):
        a_search().look_at(over)


def player_of(package, **play):
    return SearchPlayer(package, "search", replace(PUCT, visits=20), PlaySettings(**play))


def test_a_player_thinks_as_long_as_it_is_given(tiny_package):
    player = SearchPlayer(tiny_package, "search", replace(PUCT, visits=20_000), PlaySettings())
    assert isinstance(player, SearchingPlayer)
    player.new_game(RULES, 1)
    player.set_time_limit(0.05)
    choice = player.choose(Position(RULES))
    assert choice.operations < 20_000
    assert Position(RULES).is_legal(choice.move)


class KomiEvaluator(PseudoEvaluator):
    """Sees nothing but the komi: the value is a tenth of it, as the player to move has it."""

    def __call__(self, planes):
        value = np.clip(2 * planes[:, 12, 0, 0], -0.95, 0.95)
        return super().__call__(planes)._replace(value=value, score=10 * value)


def choice_at_komi(package, komi, moves, **play):
    """What a player chooses that sees nothing but the komi."""
    position = Position(replace(RULES, komi=komi)).play_all(moves)
    player = player_of(package, **play)
    player.new_game(position.rules, 1)
    player.search.evaluate = KomiEvaluator()
    return player.choose(position)


@pytest.mark.parametrize(
    ("komi", "resign", "resigns"),
    [(300.5, 0.5, True), (300.5, 0.0, False), (4.0, 0.35, True), (4.0, 0.2, False)],
)
def test_a_hopeless_player_resigns_if_told(tiny_package, komi, resign, resigns):
    assert (choice_at_komi(tiny_package, komi, [12, 7], resign=resign).move == RESIGN) == resigns


def test_a_player_that_is_winning_does_not_resign(tiny_package):
    assert choice_at_komi(tiny_package, 300.5, [12], resign=0.5).move != RESIGN


class LostUnlessPassed(PseudoEvaluator):
    """Any position is lost for Black; three moves are a little likelier than the pass."""

    def __call__(self, planes):
        found = super().__call__(planes)
        value = np.where(planes[:, 12, 0, 0] < 0, -0.9, 0.9).astype(np.float32)
        policy = np.zeros_like(found.policy)
        policy[:, :3], policy[:, -1] = 5, 4.5
        return found._replace(policy=policy, value=value, score=10 * value)


def test_a_player_with_one_winning_move_does_not_resign(tiny_package):
    """A pass after the pass ends the game in its favour; all else looks lost."""
    player = player_of(tiny_package, resign=0.5)
    position = Position(replace(RULES, komi=8.5)).play_all([12, 25])
    player.new_game(position.rules, 1)
    player.search.evaluate = LostUnlessPassed()
    choice = player.choose(position)
    win, _ = player.search.forest.outlook(0)
    assert (win + 1) / 2 < 0.5
    assert choice.move == 25


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["seconds=-1"], "seconds -1.0: wanted 0 to 86400"),
        (["resign=2"], "resign 2.0: wanted 0 to 0.5"),
        (["early=perhaps"], "early=perhaps: wanted true or false"),
        (["seconds=2", "rule=gumbel"], "gumbel plans its visits and can't be cut short"),
        (["second=1"], "did you mean seconds"),
    ],
)
def test_settings_of_play_that_make_no_sense_are_refused(words, said):
    with pytest.raises(ValueError, match=said.replace("?", r"\?")):
        search_settings("search:x", words)


def test_time_alone_lifts_the_limit_of_visits():
    assert search_settings("search:x", ["seconds=2"])[0].visits == 50_000
    assert search_settings("search:x", ["seconds=2", "visits=7"])[0].visits == 7
    assert search_settings("search:x", ["seconds=2"])[0].rule == "puct"
    assert search_settings("search:x", ["seconds=2"])[1].seconds == 2


# Clocks


def seconds_over_a_game(control, plies=60, lag=0.05):
    """What a clock's owner uses for each of its moves, on 9x9."""
    clock, used = Clock(control), []
    rng = np.random.default_rng(1)
    position = Position(Rules(9, 9, 7.0))
    for ply in range(plies):
        if ply % 2 == 0:
            used.append(clock.seconds_for(position))
            clock.spend(used[-1] + lag)
        position = position.play(int(rng.choice(position.legal_moves())))
    return clock, used


@pytest.mark.parametrize(
    "control",
    [
        TimeControl(30),
        TimeControl(5),
        TimeControl(10, increment=1),
        TimeControl(10, 5, 1),
        TimeControl(0, 2, 1),
        TimeControl(0, 30, 10),
        TimeControl(20, 25, 5),
    ],
)
def test_no_clock_runs_out_in_a_game(control):
    clock, used = seconds_over_a_game(control)
    assert min(used) > 0
    if control.period:
        assert clock.period_left > 0
    else:
        assert clock.main_left > 0
    if control.main >= 20:
        assert sum(used) > 0.3 * control.main  # time is there to be used


@pytest.mark.parametrize(("moves", "each"), [(1, 30.0), (5, 6.0)])
def test_the_end_of_the_main_time_is_no_reason_to_hurry(moves, each):
    clock = Clock(TimeControl(60, 30, moves))
    clock.set(0.3, 0)
    assert clock.seconds_for(Position(Rules(9, 9, 7.0))) == pytest.approx(each - 0.15)
    clock.spend(5.3)  # five seconds of it within the first period
    assert clock.in_period
    assert clock.period_left == (30 if moves == 1 else 25)
    assert clock.moves_left == (1 if moves == 1 else 4)


def test_the_controller_is_believed():
    position = Position(Rules(9, 9, 7.0))
    absolute = Clocks(TimeControl(60))
    before = absolute.seconds_for(position)
    absolute.by_colour[BLACK].set(4.0, 0)
    assert absolute.seconds_for(position) < before
    clocks = Clocks(TimeControl(60, 10, 1))
    clocks.by_colour[BLACK].set(8.0, 4)  # periods left, each for one move
    assert clocks.seconds_for(position) == pytest.approx(8 - 0.15)
    canadian = Clocks(TimeControl(60, 10, 5))
    canadian.by_colour[BLACK].set(8.0, 4)
    assert canadian.seconds_for(position) == pytest.approx(2 - 0.15)
    assert Clocks().seconds_for(position) is None


@pytest.mark.parametrize("setting", ["leaves=1", "leaves=5", "seconds=0.1"])
@pytest.mark.parametrize("seconds", [None, 0.1])
def test_no_net_is_compiled_within_a_move(setting, seconds):
    player = make_player(f"search:go5,rule=puct,visits=20,{setting}")
    rules = Rules(5, 5, 14.5)
    player.new_game(rules, 1)
    player.set_time_limit(seconds)
    compiled = set(player.session.evaluator(rules).graphs)
    player.choose(Position(rules))
    assert set(player.session.evaluator(rules).graphs) == compiled


def test_a_net_that_answers_nan_loses_its_game_with_the_reason():
    player = make_player("search:go5,visits=4")
    rules = Rules(5, 5, 14.5)
    player.new_game(rules, 1)
    evaluate, calls = player.session.evaluator(rules), []

    def spoilt(planes):
        calls.append(None)
        answer = evaluate(planes)
        if len(calls) > 10:
            answer.value[:] = np.nan
            check_finite(answer)
        return answer

    player.session.evaluator = lambda rules: spoilt
    game = play_game(Job(0, "search", "random", rules, (), 1, 100), player, make_player("random"))
    assert (game.result, game.winner) == ("W+F", 2)
    assert game.reason == "failed: the net's value holds NaN or infinity: wanted finite numbers"
    assert len(game.moves) > 2
