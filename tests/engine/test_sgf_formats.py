"""Other formats than SGF: known by their contents, read as if they were SGF."""

import contextlib

import pytest

from insei.client.game import ClientGame
from insei.engine.errors import BadSgf
from insei.engine.rules import BLACK, WHITE
from insei.engine.sgf.record import read_sgf, read_sgf_file
from insei.engine.sgf.variations import read_variations
from insei.engine.vertex import vertex_of

GIB = r"""\HS
\[GIBOKIND=Global\]
\[GAMEDATE=2020- 1- 5-10-11-12\]
\[GAMEPLACE=Tygem Baduk\]
\[GAMEWHITENAME=이창호 (9D)\]
\[GAMEBLACKNAME=]x[ (8D)\]
\[GAMEINFOMAIN=GBKIND:3,GTYPE:1,GCDT:3,GTIME:1200-30-3,GRLT:1,ZIPSU:35,DUM:0,GONGJE:65,TCNT:3\]
\[GAMETAG=S0,R1,D5,G0,W3,Z0,T30-3-1200,C2020:01:05:10:11,I:x\]
\HE
\GS
2 1 0
5 0 &4
INI 0 1 {handicap} &4
STO 0 2 {first} 15 15
STO 0 3 {second} 2 3
SKI 0 4 {first}
STO 0 5 {second} 18 0
\GE
"""
NGF = """Rated game
19
white one      9DP
black          7D*
www.cyberoro.com
{handicap}
0
6
20170316 [09:37]
5
Black wins by 0.5!
4
PMABBREER
PMACWEEEE
PMADB@@@@
PMAEWQQQQ
"""
OLDER_NGF = """GITitle
GIwhite 1D
GIblack 2D
GI
GI
GI2006-9-5
GI19
GI0
GI0
GI6
GI4
PMABBREER
PMACWEEEE
"""
UGF = """[Header]
Ver=UGF3,200
Lang=SJIS
Date=2019/03/08,22:09:00,2019/03/09,07:16:59
Rule=JPN
Size=19
Hdcp=0,6.50
Winner=W,C
Copyright=PANDANET INC.
CoordinateType={corner}
PlayerB=黒石,7d,,
PlayerW=white,8d,,
[Files]
[Data]
QP,B1,1,0
DD,W1,2,0
YA,B1,3,0
AS,W1,4,0
[Figure]
.Text,2
a good move [really]
.EndText
"""


def vertices(text):
    position = read_sgf(text).position
    return [vertex_of(move, position.rules) for move in position.moves]


def test_gib_of_tygem_is_read():
    record = read_sgf(GIB.format(handicap=0, first=1, second=2))
    assert vertices(GIB.format(handicap=0, first=1, second=2)) == ["Q4", "C16", "pass", "T19"]
    assert (record.black, record.white, record.result) == ("]x[", "이창호", "W+3.5")
    assert record.position.rules.komi == 6.5
    assert record.notes == ("read as Tygem's GIB",)
    root = read_variations(GIB.format(handicap=0, first=1, second=2)).start.properties
    assert (root["WR"], root["DT"], root["PC"]) == (["9D"], ["2020-01-05"], ["Tygem Baduk"])


def test_gib_with_a_handicap_has_its_stones():
    record = read_sgf(GIB.format(handicap=3, first=2, second=1))
    assert record.position.initial_board.sum() == 3
    assert record.position.initial_to_play == WHITE


@pytest.mark.parametrize("codec", ["utf-8", "cp949", "utf-16"])
def test_gib_is_read_in_the_encodings_that_it_comes_in(codec):
    assert read_sgf(GIB.format(handicap=0, first=1, second=2).encode(codec)).white == "이창호"


def test_ngf_of_wbaduk_is_read():
    record = read_sgf(NGF.format(handicap=0))
    assert vertices(NGF.format(handicap=0)) == ["R16", "D16", "pass", "Q4"]
    assert (record.black, record.white, record.result) == ("black", "white one", "B+0.5")
    assert record.position.rules.komi == 6.5
    root = read_variations(NGF.format(handicap=0)).start.properties
    assert (root["WR"], root["BR"], root["DT"]) == (["9p"], ["7d"], ["2017-03-16"])
    with_handicap = read_sgf(NGF.format(handicap=2).replace("BREER", "WREER"))
    assert with_handicap.position.initial_board.sum() == 2
    assert with_handicap.position.rules.komi == 6.0


def test_older_ngf_is_read():
    record = read_sgf(OLDER_NGF)
    assert vertices(OLDER_NGF) == ["R16", "D16"]
    assert (record.black, record.white) == ("black", "white")


def test_ugf_of_pandanet_is_read():
    text = UGF.format(corner="IGS")
    record = read_sgf(text.encode("cp932"))
    assert vertices(text) == ["R16", "D4", "pass", "A19"]
    assert vertices(UGF.format(corner="JPN")) == ["R4", "D16", "pass", "A1"]
    assert (record.black, record.white, record.result) == ("黒石", "white", "W+R")
    assert record.comments == {2: "a good move [really]"}
    assert record.position.rules.komi == 6.5
    set_up = text.replace("[Data]", "[Data]\nCC,B1,0,0\nDC,W1,0,0")
    board = read_sgf(set_up).position.initial_board
    assert (board[16, 2], board[16, 3]) == (BLACK, WHITE)


@pytest.mark.parametrize("text", [GIB, NGF, UGF])
def test_a_game_in_another_format_is_reviewed_whatever_its_name(tmp_path, text):
    path = tmp_path / "game.txt"
    path.write_text(text.format(handicap=0, first=1, second=2, corner="IGS"))
    assert read_sgf_file(path).position.num_moves == 4
    game = ClientGame.review(path)
    assert len(game.history) == 5
    assert any("read as" in warning for warning in game.warnings)


@pytest.mark.parametrize("text", [GIB, NGF, OLDER_NGF, UGF])
def test_parts_of_a_file_in_another_format_are_read_or_refused(text):
    text = text.format(handicap=9, first=1, second=2, corner="IGS")
    for end in range(0, len(text), 7):
        for part in (text[:end], text[end:], text[: end // 2] + text[end:]):
            with contextlib.suppress(BadSgf):
                read_sgf(part).position.check()
