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


GUESSED = [
    # what a file without CA is in, Black, White, a comment
    ("big5", "林功", "許", "白棋成功"),
    ("cp950", "張栩", "王立誠", "第十期名人戰"),
    ("cp950", "周俊勳", "林君諺", ""),
    ("cp932", "能田ソ", "高尾紳路", "対局者は名人です"),
    ("cp932", "井山裕太", "一力遼", ""),
    ("cp932", "趙治勲", "表ポ", "本因坊戦"),
    ("euc_jp", "小林光一", "武宮正樹", "名人戦"),
    ("gbk", "柯洁", "朴廷桓", ""),
    ("gbk", "古力", "常昊", "黑中盘胜"),
    ("gbk", "李喆", "邱峻", "中国围甲"),
    ("gb18030", "芈昱廷", "时越", "第三届"),
    ("euc_kr", "이창호", "조훈현", ""),
    ("cp949", "박정환", "신진서", "명인전 결승"),
    ("cp949", "최철한", "똠방", "흑 불계승"),
    ("cp1252", "José", "Müller", "à la fin"),
    ("cp1252", "Øystein", "Jürgen Löw", ""),
    ("cp1251", "Иван Петров", "Сидоров", "хорошая игра"),
    ("utf-8", "高尾", "이창호", "Иван"),
    ("utf-8-sig", "柯洁", "José", ""),
    ("utf-16", "高尾", "José", ""),
    ("utf-16-le", "高尾", "林功", ""),
    ("utf-16-be", "高尾", "林功", ""),
    ("iso2022_jp", "高尾紳路", "張栩", ""),
]


@pytest.mark.parametrize(("codec", "black", "white", "said"), GUESSED)
def test_an_encoding_that_is_not_named_is_found(codec, black, white, said):
    text = f"(;GM[1]SZ[9]PB[{black}]PW[{white}]KM[7.5]RU[Chinese];B[ee]C[{said}];W[cc];B[dd])"
    record = read_sgf(text.encode(codec))
    assert (record.black, record.white) == (black, white)
    assert record.comments == ({1: said} if said else {})
    assert record.position.num_moves == 3
    assert record.position.rules.komi == 7.5


MISNAMED = [
    # what CA says, what the file is in
    ("UTF-8", "gbk", "柯洁", "朴廷桓"),
    ("UTF-8", "big5", "林功", "許"),
    ("UTF-8", "cp932", "能田ソ", "高尾紳路"),
    ("UTF-8", "cp1252", "José", "Müller"),
    ("ISO-8859-1", "gbk", "柯洁", "朴廷桓"),
    ("ISO-8859-1", "cp932", "能田ソ", "高尾紳路"),
    ("windows-1252", "cp949", "이창호", "조훈현"),
    ("GB2312", "big5", "許家林", "林功"),
    ("US-ASCII", "euc_kr", "박정환", "신진서"),
]


@pytest.mark.parametrize(("said", "codec", "black", "white"), MISNAMED)
def test_an_encoding_that_is_named_wrongly_is_noted(said, codec, black, white):
    text = f"(;GM[1]CA[{said}]SZ[9]PB[{black}]PW[{white}];B[ee];W[cc])"
    record = read_sgf(text.encode(codec))
    assert (record.black, record.white, record.position.num_moves) == (black, white, 2)
    assert len(record.notes) == 1
    assert record.notes[0].startswith("CA names ")


ODD_NAMES = [
    ("SJIS", "cp932"), ("x-sjis", "cp932"), ("Windows-31J", "cp932"), ("ms932", "cp932"),
    ("EUCJP", "euc_jp"), ("x-euc-jp", "euc_jp"), ("CP936", "gbk"), ("x-gbk", "gbk"),
    ("GB_2312-80", "gb2312"), ("gb2312-80", "gb2312"), ("Big-5", "cp950"), ("x-big5", "cp950"),
    ("UTF8", "utf-8"), (" utf-8 ", "utf-8"), ("unicode", "utf-8"),
]  # fmt: skip


@pytest.mark.parametrize(("said", "codec"), ODD_NAMES)
def test_encodings_go_by_several_names(said, codec):
    text = f"(;GM[1]CA[{said}]SZ[9]PB[高林];B[ee];W[cc])"
    record = read_sgf(text.encode(codec))
    assert (record.black, record.notes) == ("高林", ())


def test_western_text_that_is_named_rightly_is_not_overruled():
    text = "(;GM[1]CA[ISO-8859-1]SZ[9]C[Ää Àà Ââ Åå Ææ Çç Èè Éé ß Üü ÿ ¿¡ «»];B[ee])"
    record = read_sgf(text.encode("cp1252"))
    assert record.comments == {0: "Ää Àà Ââ Åå Ææ Çç Èè Éé ß Üü ÿ ¿¡ «»"}
    assert record.notes == ()
