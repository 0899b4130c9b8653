"""Rules and komi over GTP: KataGo's names, what is not played, moves that rules forbid."""

import json

import pytest

from insei.engine.rules import Rules
from tests.helpers.gtp import engine, told

NAMES = {  # ko, scoring, suicide, bonus
    "tromp-taylor": ("positional", "area", True, "0"),
    "chinese": ("simple", "area", False, "N"),
    "chinese-ogs": ("positional", "area", False, "N"),
    "chinese_kgs": ("positional", "area", False, "N"),
    "ChineseKGS": ("positional", "area", False, "N"),
    "cgos": ("positional", "area", False, "0"),
    "japanese": ("simple", "territory", False, "0"),
    "korean": ("simple", "territory", False, "0"),
    "Korean rules": ("simple", "territory", False, "0"),
    "aga": ("situational", "area", False, "N-1"),
    "bga": ("situational", "area", False, "N-1"),
    "french": ("situational", "area", False, "N-1"),
    "new-zealand": ("situational", "area", True, "0"),
    "new zealand": ("situational", "area", True, "0"),
    "nz": ("situational", "area", True, "0"),
    "ing": ("positional", "area", True, "0"),
    "aga-button": ("situational", "area", False, "N-1"),
    "stone-scoring": ("simple", "area", False, "0"),
    "stone_scoring": ("simple", "area", False, "0"),
    "ancient-territory": ("simple", "territory", False, "0"),
    "koSIMPLEscoreAREAtaxNONEsui0whbN": ("simple", "area", False, "N"),
    "{}": ("positional", "area", True, "0"),
    '{"suicide":false}': ("positional", "area", False, "0"),
    '{"ko":"SIMPLE","whiteHandicapBonus":"N-1"}': ("simple", "area", True, "N-1"),
    '{"scoring":"TERRITORY","tax":"SEKI","hasButton":false}': (
        *("positional", "territory", True, "0"),
    ),
    '{"score":"TERRITORY","friendlyPassOk":true}': ("positional", "territory", True, "0"),
}


@pytest.mark.parametrize(("name", "meant"), NAMES.items(), ids=NAMES)
def test_rules_go_by_the_names_of_katago(name, meant):
    game = engine()
    assert game.answer(f"kata-set-rules {name}") == "="
    rules = game.position.rules
    assert (rules.ko, rules.scoring, rules.suicide, game.game.handicap_bonus) == meant
    assert (rules.size_name, rules.komi) == ("5x5", 0.5)


@pytest.mark.parametrize("name", NAMES)
def test_rules_that_are_told_can_be_set(name):
    game = engine()
    game.answer(f"kata-set-rules {name}")
    rules, bonus = game.position.rules, game.game.handicap_bonus
    said = game.answer("kata-get-rules").removeprefix("= ")
    assert set(json.loads(said)) >= {
        *("ko", "scoring", "suicide", "tax", "hasButton", "whiteHandicapBonus", "friendlyPassOk")
    }
    game.answer("kata-set-rules tromp-taylor")
    assert game.answer(f"kata-set-rules {said}") == "="
    assert (game.position.rules, game.game.handicap_bonus) == (rules, bonus)


@pytest.mark.parametrize(
    ("name", "left_out"),
    [
        ("aga-button", "button1"),
        ("stone-scoring", "taxALL"),
        ('{"tax":"ALL"}', "tax ALL"),
        ('{"scoring":"AREA","tax":"SEKI"}', "tax SEKI"),
        ('{"hasButton":true}', "hasButton"),
    ],
)
def test_what_is_not_played_is_warned_of(name, left_out):
    warnings = []
    game = engine(warn=warnings.append)
    assert game.answer(f"kata-set-rules {name}") == "="
    assert warnings == [f"{left_out}: not played; the rest of these rules is"]
    assert json.loads(game.answer("kata-get-rules")[2:])["tax"] == "NONE"


@pytest.mark.parametrize(
    "bad",
    [
        *("", "chess", "[1]", "7", "null", "[" * 5_000, '{"ko":' * 5_000, "\u0660"),
        *('{"ko":"NONE"}', '{"ko":1}', '{"scoring":"STONES"}', '{"tax":[1]}', '{"tax":"SOME"}'),
        *('{"suicide":3}', '{"hasButton":0}', '{"whiteHandicapBonus":0}', '{"koo":"SIMPLE"}'),
        *('{"komi":7}', '{"passStones":true}', '{"friendlyPassOk":"yes"}', "koNONEscoreAREAsui0"),
    ],
)
def test_unknown_rules_are_refused_in_one_line(bad):
    game = engine()
    said = game.answer(f"kata-set-rules {bad}")
    assert said.startswith("? ")
    assert len(said) < 400
    assert game.position.rules == Rules(5, 5, 0.5)


def test_one_rule_is_set():
    game = engine()
    assert told(game, "kata-set-rule ko SIMPLE", "kata-set-rule suicide true") == ["=", "="]
    rules = game.position.rules
    assert (rules.ko, rules.suicide, rules.scoring) == ("simple", True, "area")
    assert game.answer("kata-set-rule score territory") == "="
    assert game.position.rules.scoring == "territory"
    assert game.answer("kata-set-rule whiteHandicapBonus n-1") == "="
    assert game.game.handicap_bonus == "N-1"
    for line in ("ko NONE", "komi 7", "ko", "suicide perhaps", "ko SIMPLE AREA", "passStones 1"):
        assert game.answer(f"kata-set-rule {line}")[0] == "?"
    assert game.position.rules.ko == "simple"


@pytest.mark.parametrize(
    ("name", "ko"),
    [("chinese", "positional"), ("aga", "situational"), ("japanese", "simple")],
)
def test_rules_of_kgs(name, ko):
    game = engine()
    assert game.answer(f"kgs-rules {name}") == "="
    assert game.position.rules.ko == ko
    assert told(game, "kgs-rules new_zealand") == ["="]
    assert game.position.rules.suicide
    assert game.answer("kgs-rules chess").startswith("? rules 'chess': wanted one of chinese")


@pytest.mark.parametrize(
    ("said", "komi", "told"),
    [
        ("7.25", 7.5, "7.25"),
        ("0.1", 0.0, "0.1"),
        ("-0", 0.0, "0"),
        ("7", 7.0, "7"),
        ("1e3", 400.0, "1000"),
        ("-1000000", -400.0, "-1e+06"),
        ("3.75", 4.0, "3.75"),
        ("6.4999", 6.5, "6.4999"),
    ],
)
def test_any_komi_is_accepted_and_played_as_the_nearest(said, komi, told):
    warnings = []
    game = engine(warn=warnings.append)
    assert game.answer(f"komi {said}") == "="
    assert game.position.rules.komi == komi
    assert game.answer("get_komi") == f"= {told}"
    assert len(warnings) == (float(said) != komi)
    assert game.answer("clear_board") == "="
    assert game.answer("get_komi") == f"= {told}"


@pytest.mark.parametrize("said", ["nan", "inf", "x", "", "7 5", "7,5", "1e999"])
def test_what_is_no_komi_is_refused(said):
    game = engine()
    assert game.answer(f"komi {said}").startswith("? syntax error")
    assert game.position.rules.komi == 0.5


def test_white_gets_the_points_for_handicap_stones_that_the_rules_promise():
    game = engine(rules=Rules(9, 9, 0.5))
    told(game, "kata-set-rules chinese-ogs", "fixed_handicap 3")
    assert game.position.rules.komi == 3.5
    assert game.answer("get_komi") == "= 0.5"
    assert game.answer("kata-set-rules aga") == "="
    assert game.position.rules.komi == 2.5
    told(game, "komi 6.5", "clear_board")
    assert game.position.rules.komi == 6.5
    told(game, "play b A1", "play b A2")  # as gtp2ogs and others place them
    assert game.position.rules.komi == 7.5
    told(game, "undo")
    assert game.position.rules.komi == 6.5


SUICIDE = ["A2", "B2", "C1"]  # of White, around A1 and B1


def test_a_suicide_that_the_opponents_rules_may_allow_is_played_with_a_note():
    warnings = []
    game = engine(warn=warnings.append, is_tolerant=True)
    told(game, *(f"play w {vertex}" for vertex in SUICIDE), "play b A1")
    assert game.answer("play b B1") == "="
    assert warnings == [
        "B1 for black: suicide under these rules; played because the opponent's may allow it"
    ]
    assert game.answer("list_stones black") == "="
    assert game.position.to_play == 2
    assert told(game, "undo", "list_stones black") == ["=", "= A1"]


def test_rules_that_were_set_are_kept_to_the_letter():
    for rules, answer in (("cgos", "?"), ("tromp-taylor", "=")):
        game = engine(is_tolerant=True)
        told(game, f"kata-set-rules {rules}", "play b A1")
        told(game, *(f"play w {vertex}" for vertex in SUICIDE))
        assert game.answer("play b B1")[0] == answer


def test_other_illegal_moves_are_refused_all_the_same():
    game = engine(is_tolerant=True)
    told(game, "play w A2", "play w B1", "play b C3")
    assert game.answer("play b C3").startswith("? illegal move: C3 for black: occupied")
    assert game.answer("play b A1").startswith("? illegal move: A1 for black: suicide")
    ko = ("play b B5", "play b A4", "play b B3", "play w C5", "play w D4", "play w C4")
    told(game, "clear_board", *ko, "play w C3", "play b C2", "play w B4")
    assert game.position.num_moves == 9


def test_a_repetition_that_the_opponents_rules_may_allow_is_played(monkeypatch):
    moves = ["b A2", "w B1", "b B2", "w C2", "b C1"]  # on 3x2; a ko follows at the edge
    game = engine(rules=Rules(3, 2, 0.5), is_tolerant=True)
    refused = engine(rules=Rules(3, 2, 0.5))
    seen = 0
    for first in moves:
        game.answer(f"play {first}")
        refused.answer(f"play {first}")
    for ply in range(60):  # whatever is superko alone is taken by one, and refused by the other
        position = game.position
        banned = [
            move
            for move in range(6)
            if not position.is_over and position.why_illegal(move) == "superko"
        ]
        colour = "bw"[position.to_play - 1]
        if banned:
            seen += 1
            vertex = f"{'ABC'[banned[0] % 3]}{2 - banned[0] // 3}"
            assert game.answer(f"play {colour} {vertex}") == "="
            break
        legal = [move for move in position.legal_moves() if move != 6]
        move = legal[ply % len(legal)] if legal else None
        vertex = "pass" if move is None else f"{'ABC'[move % 3]}{2 - move // 3}"
        assert game.answer(f"play {colour} {vertex}") == "="
    assert seen
