"""The encoding of a file, found before anything in it is parsed.

In Big5, GBK and Shift_JIS the second byte of a character may be that of a backslash or a bracket.
Read in another encoding, such a character would escape or close what it stands in.

A file is in UTF-8 or UTF-16 if its bytes say so. Otherwise it is in the encoding that CA names,
unless its bytes are not text in it, or are far better text in another one. Without CA it is in
the encoding in which its characters are most likely. `guess_letters.py` has what is likely.
"""

import codecs
import re
import unicodedata

from insei.engine.sgf.guess_letters import likelihood

CODING = re.compile(rb"CA\[\s*([A-Za-z0-9_.: -]{1,40}?)\s*\]")
CODECS = re.compile(
    "ascii|big5|cp|euc|gb|hz|iso|koi8|mac|shift|tis|utf-8|johab"
)  # no others: Python also has rot-13
WIDER = {
    "ascii": "cp1252",
    "big5": "cp950",
    "big5hkscs": "big5hkscs",
    "euc_kr": "cp949",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "iso8859-1": "cp1252",
    "shift_jis": "cp932",
}  # the larger encoding that programs write under a narrower name
OTHER_NAMES = {
    "ansi": "cp1252", "big-5": "big5", "cn-big5": "big5", "cn-gb": "gb18030",
    "eucjp-win": "euc_jp", "gb": "gb18030", "gb2312-80": "gb18030", "gb_2312": "gb18030",
    "gb_2312-80": "gb18030", "ksc5601": "cp949", "ms949": "cp949", "s-jis": "cp932",
    "shiftjis": "cp932", "sjis": "cp932", "sjis-win": "cp932", "unicode": "utf-8", "utf": "utf-8",
    "windows-31j": "cp932", "windows-936": "gb18030", "windows-949": "cp949",
    "windows-950": "cp950",
}  # names of files that Python does not know  # fmt: skip
ASIAN = ("gb18030", "cp932", "cp949", "cp950", "euc_jp")
GUESSED = (*ASIAN, "cp1251", "cp1252")
NAMES = {
    "cp1251": "Windows-1251", "cp1252": "Latin-1", "cp932": "Shift_JIS", "cp949": "EUC-KR",
    "cp950": "Big5", "euc_jp": "EUC-JP", "gb18030": "GB18030",
}  # fmt: skip
SEVEN_BITS = ("iso2022", "hz")  # encodings whose bytes are all valid UTF-8
SAMPLE = 1 << 18  # bytes that a guess looks at
OVERRULES = 0.8  # likelihood a byte, more than that of the encoding that CA names
OVERRULES_ASIAN = 2.0  # where all bytes are characters of an encoding that CA names
HIGH = re.compile(rb"[\x80-\xff]")


def decoded(data: bytes) -> tuple[str, list[str]]:
    """The text of a file, and a note if its encoding was guessed or bytes of it are lost."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _marked(data, "utf-16", [])
    if codec := _sixteen_bits(data):
        return _marked(data, codec, [])
    said = _codec_said(data)
    if said.startswith(SEVEN_BITS) or (not said and b"\x1b$" in data):
        try:
            return data.decode(said or "iso2022_jp_2"), []
        except UnicodeDecodeError:
            pass
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        where = error.start
    else:
        if not _may_be_other(text, said):
            return text.removeprefix("\ufeff"), []
        where = HIGH.search(data).start()  # type: ignore[union-attr]
    return _in_other(data, said, where)


def _in_other(data: bytes, said: str, where: int) -> tuple[str, list[str]]:
    """Decode bytes that are not UTF-8.

    Args:
        said: the encoding that CA names, or "".
        where: the first byte that is not UTF-8.
    """
    sample = _sample(data)
    likely = {codec: likelihood(sample, codec) for codec in GUESSED}
    best = max(likely, key=lambda codec: likely[codec])
    if _is_damaged_utf8(data, said):
        return _marked(data, "utf-8", [])
    if said and said != "utf-8":
        ahead = likely[best] - likely.get(said, likelihood(sample, said))
        needed = OVERRULES_ASIAN if said in ASIAN else OVERRULES
        if best not in ASIAN or best == said or ahead < needed:
            return _marked(data, said, [])
    if said:
        note = f"CA names {said.upper()}, but the text is in {NAMES[best]}"
    else:
        note = f"byte {where + 1}: not UTF-8; read as {NAMES[best]}"
    return _marked(data, best, [note])


def _marked(data: bytes, codec: str, notes: list[str]) -> tuple[str, list[str]]:
    """Decode bytes; what is no character is marked, with a note."""
    try:
        return data.decode(codec).removeprefix("\ufeff"), notes
    except UnicodeDecodeError as error:
        if codec == "cp1252":  # five bytes have no meaning in it
            return data.decode("latin-1"), notes
        where = f"byte {error.start + 1}: not {codec.upper()}"
        lost = f"{where}; what can't be read is marked \ufffd"
        return data.decode(codec, "replace").removeprefix("\ufeff"), [*notes, lost]


def _sixteen_bits(data: bytes) -> str:
    """UTF-16 without a byte order mark, by the zeros of its ASCII characters; "" if it is not."""
    head = data[:64]
    zeros = [head[0::2].count(0), head[1::2].count(0)]
    if max(zeros) >= 4 and max(zeros) >= 0.4 * len(head) / 2 and min(zeros) == 0:
        return "utf-16-be" if zeros[0] else "utf-16-le"
    return ""


def _codec_said(data: bytes) -> str:
    """Python's name of the encoding that CA names; empty if it is missing or unknown."""
    said = CODING.search(data)
    if said is None:
        return ""
    name = said[1].decode().lower().removeprefix("x-").replace(" ", "-")
    try:
        name = codecs.lookup(OTHER_NAMES.get(name, name)).name
    except LookupError:
        return ""
    return WIDER.get(name, name) if CODECS.match(name) else ""


def _may_be_other(text: str, said: str) -> bool:
    """Whether text that is valid UTF-8 may be in another encoding all the same.

    Two characters of GBK can be one of UTF-8 by chance, but not of a script that people write.
    """
    if text.isascii():
        return False
    strange = {
        letter
        for letter in set(text)
        if letter > "\x7f" and not ("\xa0" <= letter <= "\u017f" or "\u0386" <= letter <= "\u045f")
    }
    if not strange:
        return said in ("gb18030", "cp949")
    scripts = {unicodedata.name(letter, "?").partition(" ")[0] for letter in strange}
    return all(letter <= "\u07ff" for letter in strange) and len(scripts) > 1


def _is_damaged_utf8(data: bytes, said: str) -> bool:
    """Whether bytes are UTF-8 with errors.

    It has characters of three bytes: as many as errors if CA names UTF-8, else twice as many and
    more.
    """
    text = _sample(data).decode("utf-8", "replace")
    errors = text.count("\ufffd")
    longer = sum(letter > "\u07ff" for letter in text) - errors
    return longer >= errors > 0 if said == "utf-8" else longer > 2 * errors > 0


def _sample(data: bytes) -> bytes:
    """The part of the bytes that a guess looks at: from the line of the first high byte on."""
    found = HIGH.search(data)
    if len(data) <= SAMPLE or found is None:
        return data[:SAMPLE]
    line = data.rfind(b"\n", 0, found.start()) + 1
    start = line if found.start() - line < SAMPLE // 2 else found.start()
    return data[start : start + SAMPLE]
