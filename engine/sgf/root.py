"""What an SGF file's root says about its game: size, komi, rules, handicap, result.

Servers and programs write these in dialects; a note says what was understood otherwise than it is
written.
"""

import math
import re
from collections.abc import Callable, Mapping

from insei.engine.errors import BadSgf
from insei.engine.rule_names import preset_called, rules_by_word
from insei.engine.rules import MAX_KOMI, MAX_SIDE, PRESETS, Rules

NUMBER = re.compile(r"[-+]?\d+(?:[.,]\d*)?|[-+]?[.,]\d+")
FRACTION = re.compile(r"(\d+)?\s*(?:又|and|-)?\s*(\d)\s*/\s*(\d)")  # 6 1/2, 3又3/4
SIGNS = {"½": " 1/2", "¼": " 1/4", "¾": " 3/4"}
HALF_MORE = re.compile(r"\d\s*(?:目|집|호)?\s*[半반]")  # 6目半, 6집반
STONES = re.compile(r"\d\s*子")  # komi counted in stones, each worth two points
FOX_STONES = (275, 325, 350, 375)  # hundredths of stones
FOX_LEAST = 25  # hundredths; what is less is points
CHINESE_WORDS = ("chin", "cn", "中国", "中國")
MOST_CHINESE = 4  # stones; quarters above it are not a Chinese count
LONGEST_QUOTE = 80  # characters of a value that a message repeats
OTHER_RULES = {
    "中国": "chinese", "中國": "chinese", "cn": "chinese", "chn": "chinese", "日本": "japanese",
    "jpn": "japanese", "韩国": "japanese", "韓國": "japanese", "한국": "japanese",
    "kor": "japanese", "korea": "japanese", "japan": "japanese", "china": "chinese",
    "n. zealand": "new-zealand",
}  # names that servers write  # fmt: skip
Note = Callable[[str], None]


def quoted(said: str) -> str:
    """A value of a file as a message repeats it."""
    return said if len(said) <= LONGEST_QUOTE else said[:LONGEST_QUOTE] + "..."


def rules_read(said: str, note: Note) -> Rules | None:
    """The rules that RU names, size and komi aside; None if it is missing or unknown.

    A note says what is unknown, and which of KataGo's rules we do not play.
    """
    said = said.strip()
    other = OTHER_RULES.get(said.lower().removesuffix("规则").removesuffix("規則").strip())
    if name := other or preset_called(said):
        return PRESETS[name]()
    found = rules_by_word(said)
    if found is None:
        if said:
            note(f"rules {quoted(said)!r}: not known, and left out")
        return None
    rules, left_out = found
    if left_out:
        note(f"rules {said}: read without {', '.join(left_out)}")
    return rules


def size_read(said: str | None, note: Note) -> tuple[int, int]:
    """Width and height by SZ, 19x19 if it is missing.

    Raises:
        BadSgf: it is not a size, or one that we do not play.
    """
    if said is None or not said.strip():
        note("size missing: taken for 19x19")
        return 19, 19
    sides = re.split(r"[:xX*]", said.strip())
    if len(sides) > 2 or not all(re.fullmatch(r"\s*[0-9]{1,4}\s*", side) for side in sides):
        raise BadSgf(f"size SZ[{quoted(said)}]: wanted SZ[9] or SZ[9:7]")
    width, height = int(sides[0]), int(sides[-1])
    if not (1 <= width <= MAX_SIDE and 1 <= height <= MAX_SIDE):
        raise BadSgf(f"size {width}x{height}: wanted 1 to 19 a side")
    return width, height


def komi_read(said: str | None, note: Note, rules: str = "", application: str = "") -> float | None:
    """Komi by KM; None if it is missing, or, with a note, not a number.

    Args:
        rules: what RU says.
        application: what AP says.

    Files have 6,5 or 6 1/2 or 650 (hundredths) for 6.5. Chinese ones have 3.75 or 375 for 7.5: they
    count stones, each worth two points. Fox has hundredths always. Quarters of a point become the
    nearest half point.
    """
    if said is None or not said.strip():
        return None
    read = _number_read(said)
    if read is None:
        note(f"komi {quoted(said)!r}: not a number, and left out")
        return None
    is_chinese = any(word in rules.lower() for word in CHINESE_WORDS)
    komi = _from_hundredths(read, "." in said or "," in said, "fox" in application.lower())
    is_quarter = (2 * komi) % 1 != 0 and (4 * komi) % 1 == 0
    looks_chinese = is_chinese or (not rules.strip() and abs(komi) < MOST_CHINESE)
    if STONES.search(said) or (is_quarter and looks_chinese):
        komi *= 2
    komi = math.floor(2 * komi + 0.5) / 2
    if abs(komi) > MAX_KOMI:
        note(f"komi {quoted(said)!r}: wanted at most {MAX_KOMI}, and left out")
        return None
    plain = NUMBER.fullmatch(said.strip())
    if plain is None or "," in said or komi != float(plain[0]):
        note(f"komi {quoted(said)!r}: taken for {komi:g}")
    return komi


def _number_read(said: str) -> float | None:
    for sign, words in SIGNS.items():
        said = said.replace(sign, words)
    fraction = FRACTION.search(said)
    if fraction and fraction[3] in "248":
        whole = float(fraction[1] or 0)
        return whole + int(fraction[2]) / int(fraction[3])
    found = NUMBER.search(said)
    if found is None or len(found[0]) > LONGEST_QUOTE:
        return None
    number = float(found[0].replace(",", "."))
    return number + 0.5 if HALF_MORE.search(said) and number % 1 == 0 else number


def _from_hundredths(komi: float, has_point: bool, is_fox: bool) -> float:
    if has_point:
        return komi
    if is_fox and abs(komi) in FOX_STONES:
        return komi / 50
    if (is_fox and abs(komi) >= FOX_LEAST) or (abs(komi) >= 100 and not komi % 5):
        return komi / 100
    return komi


def handicap_read(said: str) -> int:
    """The number of stones by HA: 0 if it is missing, not a number, or a single one."""
    found = re.match(r"\s*(\d{1,2})", said)
    return int(found[1]) if found and int(found[1]) > 1 else 0


DRAWN = re.compile(r"0|draw|jigo|tie|和棋|持碁|빅|무승부", re.IGNORECASE)
NO_RESULT = re.compile(r"void|no result|annulled|無勝負|无胜负", re.IGNORECASE)
WINNERS = (
    (re.compile(r"\s*(?:b(?:lack)?|黑|黒|흑|執黑|执黑)(?![a-z])", re.IGNORECASE), "B"),
    (re.compile(r"\s*(?:w(?:hite)?|白|백|執白|执白)(?![a-z])", re.IGNORECASE), "W"),
)
LOSES = re.compile(r"los[et]|resigns|负|負|敗|败|패", re.IGNORECASE)
HOW: Mapping[str, re.Pattern[str]] = {
    "R": re.compile(r"\+\s*r|resign|中盘|中盤|中押|불계|投了|认输", re.IGNORECASE),
    "T": re.compile(r"\+\s*t|time|超时|超時|時間切|시간", re.IGNORECASE),
    "F": re.compile(r"\+\s*f|forfeit|反則|弃权|실격", re.IGNORECASE),
}


def result_read(said: str) -> str:
    """A result as SGF writes it, "B+3.5", from the words of servers and people.

    What is not understood stays as it is.
    """
    plain = said.strip()
    if DRAWN.fullmatch(plain):
        return "Draw" if plain != "0" else "0"
    if NO_RESULT.fullmatch(plain):
        return "Void"
    winner = next((letter for by, letter in WINNERS if by.match(plain)), "")
    if not winner:
        return plain
    if LOSES.search(plain):
        winner = "W" if winner == "B" else "B"
    has_points = re.match(r"[BbWw]\+\d", plain)
    how = next((letter for letter, words in HOW.items() if words.search(plain)), "")
    number = None if how and not has_points else _number_read(plain)
    if number is not None:
        return f"{winner}+{abs(number) * (2 if '子' in plain else 1):g}"
    return f"{winner}+{how}"
