"""What an SGF file's root says about its game: size, komi, rules."""

import re
from collections.abc import Callable

from insei.engine.errors import BadSgf
from insei.engine.rule_names import preset_called, rules_by_word
from insei.engine.rules import MAX_SIDE, PRESETS, Rules

NUMBER = re.compile(r"[-+]?\d+(?:[.,]\d*)?|[-+]?[.,]\d+")
Note = Callable[[str], None]


def rules_read(said: str, note: Note) -> Rules | None:
    """The rules that RU names, size and komi aside; None if it is missing or unknown.

    A note says what is unknown, and which of KataGo's rules we do not play.
    """
    said = said.strip()
    if name := preset_called(said):
        return PRESETS[name]()
    found = rules_by_word(said)
    if found is None:
        if said:
            note(f"rules {said!r}: not known, and left out")
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
    sides = re.split(r"[:xX]", said.strip())
    if len(sides) > 2 or not all(re.fullmatch(r"\s*[0-9]{1,4}\s*", side) for side in sides):
        raise BadSgf(f"size SZ[{said}]: wanted SZ[9] or SZ[9:7]")
    width, height = int(sides[0]), int(sides[-1])
    if not (1 <= width <= MAX_SIDE and 1 <= height <= MAX_SIDE):
        raise BadSgf(f"size {width}x{height}: wanted 1 to 19 a side")
    return width, height


def komi_read(said: str | None, note: Note) -> float | None:
    """Komi by KM; None if it is missing, or, with a note, not a number.

    Files have 6,5 or 650 (hundredths) for 6.5. They have 3.75 or 375 for 7.5: a Chinese count gives
    stones, each worth two points.
    """
    if said is None or not said.strip():
        return None
    found = NUMBER.search(said)
    if found is None:
        note(f"komi {said!r}: not a number, and left out")
        return None
    komi = read = float(found[0].replace(",", "."))
    if abs(komi) >= 100 and "." not in found[0] and not komi % 5:
        komi /= 100
    if (2 * komi) % 1 and not (4 * komi) % 1 and (4 * abs(komi)) % 2 == 1:
        komi *= 2
    if komi != read or "," in found[0] or found[0] != said.strip():
        note(f"komi {said!r}: taken for {komi:g}")
    return komi
