"""SGF files in the encodings that files come in."""

import pytest

from insei.engine.sgf.record import read_sgf
from insei.engine.vertex import move_of

WRITTEN = [
    # what CA says, what the file is in, Black's name
    ("GB2312", "gb2312", "吴清源"),
    ("gb2312", "gbk", "李喆"),
    ("GBK", "gb18030", "㐂"),
    ("GB18030", "gb18030", "李喆"),
    ("Shift_JIS", "cp932", "髙尾①"),
    ("x-sjis", "cp932", "能田ソ表"),
    ("EUC-KR", "cp949", "똠방"),
    ("Big5", "cp950", "裏碁"),
    ("ISO-8859-1", "cp1252", "Jos\u00e9 “€”"),
    ("US-ASCII", "cp1252", "Jos\u00e9"),
    ("windows-1251", "cp1251", "Иван"),
    ("ISO-2022-JP", "iso-2022-jp", "高尾"),
    ("ISO-2022-KR", "iso-2022-kr", "이창호"),
    ("HZ-GB-2312", "hz", "吴清源"),
    ("UTF-16", "utf-16", "高尾"),
    ("Shift_JIS", "utf-8", "高尾"),
    ("ISO-2022-JP", "utf-8", "高尾"),
    ("UTF-8", "utf-8-sig", "高尾"),
]


@pytest.mark.parametrize(("said", "codec", "name"), WRITTEN)
def test_a_file_is_read_by_what_it_says_and_what_it_is(said, codec, name):
    text = f"(;GM[1]CA[{said}]SZ[9]PB[{name}];B[ee];W[cc])"
    record = read_sgf(text.encode(codec))
    assert (record.black, record.notes) == (name, ())
    assert record.position.num_moves == 2


def test_a_backslash_inside_a_character_escapes_nothing():
    text = "(;GM[1]CA[Shift_JIS]SZ[9]PW[田表]KM[6.5];B[ee]C[①ソ];W[cc];B[dd])"
    record = read_sgf(text.encode("cp932"))
    assert record.position.rules.komi == 6.5
    assert (record.white, record.comments) == ("田表", {1: "①ソ"})
    assert record.position.num_moves == 3


def test_bytes_that_are_no_characters_are_marked_and_the_rest_is_read():
    text = "(;GM[1]CA[Shift_JIS]SZ[9]PB[?]PW[田表]KM[6.5];B[ee];W[cc])"
    record = read_sgf(text.encode("cp932").replace(b"?", b"\x81\xad\xff"))
    assert (record.white, record.position.num_moves) == ("田表", 2)
    assert record.position.moves[0] == move_of("E5", record.position.rules)
    assert "\ufffd" in record.black
    assert record.notes == ("byte 29: not CP932; what can't be read is marked \ufffd",)
    said_utf8 = read_sgf("(;GM[1]CA[UTF-8]SZ[9]PB[高?];B[ee])".encode().replace(b"?", b"\xe5\xb0"))
    assert said_utf8.black == "高\ufffd"
    assert said_utf8.notes == ("byte 28: not UTF-8; what can't be read is marked \ufffd",)


@pytest.mark.parametrize("said", ["", "CA[]", "CA[none]", "CA[rot13]", "CA[idna]", "CA[utf-16]"])
def test_a_file_that_names_no_encoding_we_know_is_read_as_latin_1(said):
    record = read_sgf(f"(;GM[1]SZ[9]PB[Jos\u00e9]{said};B[ee])".encode("latin-1"))
    assert record.black == "Jos\u00e9"
    assert record.notes == ("byte 19: not UTF-8; read as Latin-1",)
