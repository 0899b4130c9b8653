"""GTP beyond the required commands: analysis, clocks, handicap, files, rules, and the end."""

import queue
import re
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from insei.agents.dead_stones import Judgement
from insei.agents.gtp.analysis_report import kata_line, lz_line
from insei.agents.gtp.analysis_request import AnalysisRequest
from insei.agents.net.architecture import BrokenNetwork
from insei.agents.player import Choice
from insei.agents.search.search import LEAVES_BY_TIME
from insei.agents.search.search_player import SearchPlayer
from insei.agents.search.settings import SearchSettings
from insei.engine.position import Position
from insei.engine.rules import Rules
from insei.engine.sgf.record import GameRecord, write_sgf
from insei.system.lines import TypedLines
from tests.helpers.gtp import RULES, Controller, engine, told

PUCT = SearchSettings(rule="puct", visits=30, noise=0)


@pytest.fixture
def thinker(tiny_package):
    return SearchPlayer(tiny_package, "search", PUCT)


KATA = re.compile(
    r"info move \w+ visits (\d+) edgeVisits \1 utility -?[\d.]+ winrate [\d.]+ "
    r"scoreMean -?[\d.]+ scoreStdev [\d.]+ scoreLead -?[\d.]+ scoreSelfplay -?[\d.]+ "
    r"prior [\d.]+ lcb -?[\d.]+ utilityLcb -?[\d.]+ weight [\d.]+ order \d+ pv \w+"
)


def test_an_analysis_is_streamed_until_a_line_comes(thinker):
    lines = Controller(["3 kata-analyze b 1 ownership true rootInfo true", "name"], 40)
    said = "".join(engine(thinker).serve(lines))
    answer, name, _ = said.split("\n\n")
    assert answer.startswith("=3\n")
    reports = answer.split("\n")[1:]
    for report in reports:
        assert KATA.match(report)
        assert len(report.split(" ownership ")[1].split()) == 25
        assert " rootInfo visits " in report
    visits = [int(re.search(r"rootInfo visits (\d+)", report)[1]) for report in reports]
    assert visits == sorted(visits)
    assert visits[-1] > 30  # beyond what a move takes
    assert name == "= insei search"


def test_leela_zeros_form_counts_in_ten_thousands(thinker):
    said = "".join(engine(thinker).serve(Controller(["lz-analyze 1 maxmoves 2"])))
    report = said.split("\n")[1]
    assert re.fullmatch(
        r"(info move \w+ visits \d+ winrate \d+ prior \d+ lcb \d+ order \d+ pv [\w ]+?\s?){1,2}",
        report,
    )


def test_leela_zeros_figures_are_katagos_times_ten_thousand(thinker):
    thinker.new_game(RULES, 1)
    search = thinker.search_from(Position(RULES))
    while search.num_visits < PUCT.visits:
        search.step()
    analysis = search.analysis()
    figures = r"winrate ([\d.]+).*? prior ([\d.]+) lcb ([\d.]+)"
    leela = re.findall(figures, lz_line(analysis))
    kata = re.findall(figures, kata_line(analysis, AnalysisRequest(0)))
    assert len(leela) == len(kata) == len(analysis.moves)
    for ours, theirs in zip(leela, kata, strict=True):
        assert [int(figure) for figure in ours] == pytest.approx(
            [10_000 * float(figure) for figure in theirs], abs=0.51
        )


def test_an_analysis_leaves_the_game_as_it_is(thinker):
    game = engine(thinker)
    list(game.serve(Controller(["play b C3", "kata-analyze w 1"])))
    assert game.position == Position(RULES).play(12)
    assert game.answer("genmove w").startswith("= ")


def test_a_player_without_search_does_not_analyse():
    said = engine().answer("kata-analyze b 10")
    assert said == "? capture does not search: wanted a player search:..."


@pytest.mark.parametrize("lines", [["genmove b", "name"], ["kata-analyze b 1", "name"]])
def test_what_ends_by_a_line_evaluates_leaves_in_batches(thinker, lines):
    game = engine(thinker, ponders=lines[0].startswith("genmove"))
    rows, evaluate = [], thinker.search.evaluate

    def watched(planes):
        rows.append(len(planes))
        return evaluate(planes)

    thinker.search.evaluate = watched
    list(game.serve(Controller(lines, 40)))
    assert max(rows) == LEAVES_BY_TIME


def test_typed_lines_are_waiting_from_when_they_come_until_they_are_read():
    typed = queue.Queue()
    lines = TypedLines(iter(typed.get, None))
    assert not lines.is_waiting()
    typed.put("name\n")
    for _ in range(1000):
        if lines.is_waiting():
            break
        time.sleep(0.01)
    assert lines.is_waiting()
    assert lines.next_line() == "name\n"
    assert not lines.is_waiting()
    typed.put(None)
    assert lines.next_line() is None


# The game


def test_handicap_stones_are_placed():
    game = engine(rules=Rules(9, 9, 0.5))
    assert told(game, "fixed_handicap 3") == ["= C3 G7 C7"]
    assert game.position.to_play == 2
    assert game.answer("fixed_handicap 2") == "? board not empty"
    assert game.answer("komi 5.5") == "="  # the stones stay
    assert (game.position.board == 1).sum() == 3
    assert told(game, "clear_board", "place_free_handicap 2")[1] == "= C3 G7"
    assert told(game, "clear_board", "set_free_handicap A1 E5 J9")[1] == "="
    assert (game.position.board == 1).sum() == 3


@pytest.mark.parametrize(
    ("side", "stones"),
    [(3, 2), (4, 15), (5, 2), (5, 9), (5, 24), (6, 5), (7, 5), (8, 6), (9, 80), (19, 12)],
)
def test_free_handicap_stones_are_placed_wherever_there_is_room(side, stones):
    game = engine(rules=Rules(side, side, 0.5))
    vertices = game.answer(f"place_free_handicap {stones}").removeprefix("= ").split()
    assert len(set(vertices)) == stones
    assert (game.position.board == 1).sum() == stones
    assert game.position.to_play == 2
    inside = game.position.board[1:-1, 1:-1]
    assert (inside == 1).sum() == min(stones, inside.size)  # the first line last


@pytest.mark.parametrize(
    ("side", "stones", "vertices"),
    [
        (5, 2, "B2 D4"),
        (5, 5, "B2 D4 B4 D2 C3"),
        (6, 4, "B2 E5 B5 E2"),
        (7, 5, "C3 E5 C5 E3 D4"),
        (9, 3, "C3 G7 C7"),
        (19, 13, "D4 Q16 D16 Q4 D10 Q10 K4 K16 K10 G13 N7 N13 G7"),
    ],
)
def test_free_handicaps_begin_on_the_stars_and_go_on_well_spread(side, stones, vertices):
    said = engine(rules=Rules(side, side, 0.5)).answer(f"place_free_handicap {stones}")
    assert sorted(said.removeprefix("= ").split()) == sorted(vertices.split())


@pytest.mark.parametrize(("width", "height", "stones"), [(9, 5, 6), (2, 7, 13), (1, 5, 2)])
def test_free_handicap_stones_fit_rectangles(width, height, stones):
    game = engine(rules=Rules(width, height, 0.5))
    assert game.answer(f"place_free_handicap {stones}")[0] == "="
    assert (game.position.board == 1).sum() == stones


@pytest.mark.parametrize(
    ("rules", "stones", "wanted"),
    [
        (Rules(5, 5, 0.5), 1, "wanted 2 to 24"),
        (Rules(5, 5, 0.5), 25, "wanted 2 to 24"),
        (Rules(2, 1, 0.5), 2, "wanted a board of three points or more"),
    ],
)
def test_free_handicaps_without_room_are_refused(rules, stones, wanted):
    said = engine(rules=rules).answer(f"place_free_handicap {stones}")
    assert said.startswith("? invalid number of stones: ")
    assert said.endswith(wanted)


@pytest.mark.parametrize(
    "line",
    [
        "fixed_handicap 1",
        "fixed_handicap 77",
        "fixed_handicap x",
        "fixed_handicap nan",
        "fixed_handicap 1e999",
        "place_free_handicap inf",
        "set_free_handicap A1",
        "set_free_handicap A1 A1",
        "set_free_handicap A1 pass",
        "set_free_handicap A1 Z9",
    ],
)
def test_bad_handicaps_are_refused(line):
    game = engine(rules=Rules(9, 9, 0.5))
    assert game.answer(line)[0] == "?"
    assert not game.position.board.any()


def test_a_game_is_loaded_up_to_a_move(tmp_path):
    path = tmp_path / "game.sgf"
    path.write_text(write_sgf(GameRecord(Position(Rules(7, 7, 9.0)).play_all([24, 10, 11]))))
    game = engine()
    assert game.answer(f"loadsgf {path}") == "="
    assert game.position.moves == [24, 10, 11]
    assert game.position.rules.komi == 9
    assert game.answer(f"loadsgf {path} 3") == "="
    assert game.position.moves == [24, 10]
    assert game.answer("undo") == "="
    assert game.position.moves == [24]
    for number in ("inf", "1e999", "nan"):
        assert game.answer(f"loadsgf {path} {number}") == (
            f"? syntax error: '{number}' is not finite, wanted number"
        )
    assert game.position.moves == [24]


def test_a_game_is_loaded_without_what_is_set_up_after_the_move(tmp_path):
    path = tmp_path / "game.sgf"
    path.write_text("(;GM[1]SZ[5]KM[0]RU[Chinese];B[aa];W[bb];AE[aa]AW[ee];B[cc];W[dd])")
    game = engine()
    for number, stones in ((1, []), (2, [0]), (3, [6, 24]), (4, [6, 12, 24]), (9, [6, 12, 18, 24])):
        assert game.answer(f"loadsgf {path} {number}") == "="
        assert np.flatnonzero(game.position.board).tolist() == stones


def test_a_file_that_cannot_be_loaded_leaves_the_game(tmp_path):
    broken = tmp_path / "broken.sgf"
    broken.write_text("(;GM[2]SZ[5];B[aa];W[bb])")
    game = engine()
    game.answer("play b A1")
    for line in (f"loadsgf {broken}", "loadsgf /nowhere.sgf", "loadsgf", f"loadsgf {broken} x"):
        assert game.answer(line)[0] == "?"
        assert game.position.moves == [20]


def test_what_is_to_be_known_under_new_rules_is_said_once():
    said = []
    game = engine(warn=said.append, notes=lambda rules: [f"under {rules.scoring} scoring"])
    lines = ["name", "kata-set-rules japanese", "clear_board", "kata-set-rules chinese", "komi 3"]
    assert all(answer.startswith("=") for answer in game.serve(lines))
    assert said == ["under area scoring", "under territory scoring"]


def test_what_can_not_be_known_is_warned_of_and_the_engine_goes_on():
    said = []

    def gone(rules):
        raise ValueError("no player at runs/go9")

    game = engine(warn=said.append, notes=gone)
    assert list(game.serve(["komi 3", "name"])) == ["=\n\n", "= insei capture\n\n"]
    assert said == ["no player at runs/go9"]


def test_dead_stones_are_judged_once_a_position(thinker, monkeypatch):
    asked = []

    def judged(position):
        asked.append(position.num_moves)
        return Judgement([0][: len(asked)], [])

    monkeypatch.setattr("insei.agents.gtp.game.judged", judged)
    game = engine(thinker)
    game.answer("play b A5")
    first = told(game, "final_status_list dead", "final_score", "final_status_list dead")
    assert first[0] == first[2] == "= A5"
    assert asked == [1]
    told(game, "play w C3", "final_score", "undo", "final_score")
    assert asked == [1, 2, 1]


def test_rectangles():
    game = engine()
    assert game.answer("rectangular_boardsize 7 4") == "="
    assert game.position.rules.size_name == "7x4"
    assert game.answer("rectangular_boardsize 7")[0] == "?"


# The end


def test_the_dead_are_named_and_taken_off_before_counting():
    game = engine()
    for vertex in ("B1", "B2", "B3", "B4", "B5", "D1", "D2", "D3", "D4", "D5"):
        game.answer(f"play {'b' if vertex[0] == 'B' else 'w'} {vertex}")
    assert game.answer("final_status_list dead") == "="
    assert "B3" in game.answer("final_status_list alive")
    assert game.answer("final_status_list black_territory").split()[1:] == [
        "A5", "A4", "A3", "A2", "A1"
    ]  # fmt: skip
    assert game.answer("final_score") == "= W+0.5"
    assert game.answer("final_status_list asleep")[0] == "?"


@pytest.mark.parametrize("dead", [[20], []])
def test_a_clean_up_takes_dead_stones_off_before_it_passes(thinker, monkeypatch, dead):
    asked = []

    def search_steps(position, ply, avoided):
        asked.append(ply)
        yield from ()
        return Choice(0)

    monkeypatch.setattr("insei.agents.gtp.game.judged", lambda position: Judgement(dead, []))
    monkeypatch.setattr(thinker, "search_steps", search_steps)
    game = engine(thinker)
    game.answer("play w A1")
    assert game.answer("kgs-genmove_cleanup b").startswith("= ")
    assert asked == ([2] if dead else [0])  # the ply before which it may not pass


class Passing:
    name, num_parameters, fingerprint = "passing", 0, ""

    def new_game(self, rules, seed):
        pass

    def choose(self, position):
        return Choice(position.rules.pass_move)

    def close(self):
        pass


def test_a_clean_up_of_one_that_does_not_search_takes_dead_stones_off():
    game = engine(Passing())
    for row in "12345":
        assert told(game, f"play b B{row}", f"play b D{row}") == ["=", "="]
    assert game.answer("play w A3") == "="
    assert game.answer("final_status_list dead") == "= A3"
    assert game.answer("kgs-genmove_cleanup w") == "= pass"
    moves = told(game, "kgs-genmove_cleanup b", "kgs-genmove_cleanup b")
    assert sorted(moves) == ["= A2", "= A4"]
    assert game.answer("final_status_list dead") == "="
    assert game.answer("kgs-genmove_cleanup b") == "= pass"


def test_after_a_net_that_failed_once_the_search_begins_anew(thinker):
    game = engine(thinker)
    evaluate, broken = thinker.search.evaluate, []

    def breaks_once(planes):
        if not broken:
            broken.append(planes)
            raise BrokenNetwork("the net's value holds NaN")
        return evaluate(planes)

    thinker.search.evaluate = breaks_once
    assert game.answer("genmove b") == "? the net's value holds NaN"
    assert game.answer("genmove b").startswith("= ")
    assert thinker.search.num_visits >= PUCT.visits


def test_an_analysis_that_breaks_ends_its_answer(thinker):
    warnings = []
    game = engine(thinker, warn=warnings.append)
    evaluate, is_broken = thinker.search.evaluate, False

    def breaks(planes):
        if is_broken:
            raise BrokenNetwork("the net's value holds NaN")
        return evaluate(planes)

    thinker.search.evaluate = breaks
    saying = game.serve(Controller(["lz-analyze 0", "name"], patience=1000))
    assert next(saying).startswith("=\ninfo move ")
    is_broken = True
    said = "".join(saying)
    assert "?" not in said
    assert said.endswith("\n= insei search\n\n")
    assert warnings == ["lz-analyze ended: the net's value holds NaN"]


WORDS = [
    *(
        "boardsize 5",
        "boardsize 1",
        "boardsize 99",
        "clear_board",
        "komi 6.5",
        "komi x",
        "komi 1e999",
    ),
    *("play b C3", "play w pass", "play b Z9", "play", "play b", "genmove b", "genmove w", "undo"),
    *(
        "showboard",
        "final_score",
        "final_status_list dead",
        "fixed_handicap 2",
        "fixed_handicap nan",
    ),
    *("set_free_handicap A1 B2", "set_free_handicap A1 A1", "loadsgf /none", "time_left b 1 0"),
    *("kata-set-rules aga", "kata-set-rules {}", 'kata-set-rules {"ko":1}', "kata-get-rules"),
    *("time_settings 0 5 1e999", "time_settings inf 1 1", "time_settings 9 9 9"),
    *("time_left b 5 inf", "time_left w 1e999 1", "kgs-time_settings canadian 1 1 inf"),
    *("kata-time_settings fischer 1e999 1", "kgs-time_settings byoyomi 1 inf 1e999"),
    *("place_free_handicap 3", "place_free_handicap 1e999", "loadsgf /none inf", "komi inf"),
    *("kata-set-rules " + "[" * 5_000, "kata-analyze 1e999", "lz-analyze avoid b C3 inf"),
    *("rectangular_boardsize 3 4", "rectangular_boardsize 0 4", "7", "7 name", "# nothing", ""),
]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from(WORDS) | st.text(max_size=20), max_size=12))
def test_any_lines_are_answered(lines):
    game = engine()
    for line in lines:
        answer = game.answer(line)
        assert answer is None or answer[0] in "=?"
        assert answer is None or "\n\n" not in answer
    game.position.check()
