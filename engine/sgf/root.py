"""What an SGF file's root says of its game: size, komi, rules; and what they are called there."""

import re
from collections.abc import Callable

from insei.engine.errors import BadSgf
from insei.engine.rules import (
    KO_RULES,
    MAX_SIDE,
    PRESETS,
    SCORINGS,
    Rules,
    preset_called,
    preset_name,
)

NAMES = {
    "chinese": "Chinese",
    "new-zealand": "NZ",
    "tromp-taylor": "Tromp-Taylor",
    "japanese": "Japanese",
    "aga": "AGA",
}
SPELT_OUT = re.compile(
    r"ko(SIMPLE|POSITIONAL|SITUATIONAL)score(AREA|TERRITORY)(taxNONE|taxSEKI|taxALL)?sui([01])"
    r"(passes)?(?:captures(\d{1,4}))?(button[01])?(whb0|whbN-1|whbN)?(?:fpok[01])?"
)
NOT_PLAYED = {"taxALL", "button1", "whbN", "whbN-1"}
NUMBER = re.compile(r"[-+]?\d+(?:[.,]\d*)?|[-+]?[.,]\d+")
Note = Callable[[str], None]


def rules_name(rules: Rules) -> str:
    """What RU says: a preset's name, or the rules spelt out as KataGo does.

    It has no word for pass stones and captures that win: `passes`, `captures3` follow.
    """
    if name := preset_name(rules):
        return NAMES[name]
    spelt = f"ko{rules.ko.upper()}score{rules.scoring.upper()}taxNONEsui{int(rules.suicide)}"
    if rules.pass_stones:
        spelt += "passes"
    return spelt + (f"captures{rules.captures_to_win}" if rules.captures_to_win else "")


def rules_read(said: str, note: Note) -> Rules | None:
    """The rules that RU names, of whatever size and komi; None where it is missing or not known.

    KataGo's tax on groups, its button and White's bonus for handicap stones are left out, with a
    note, and so is its tax on seki where area is scored: under territory it belongs to `japanese`.
    """
    if name := preset_called(said):
        return PRESETS[name]()
    spelt = SPELT_OUT.fullmatch(said.strip())
    if spelt is None:
        if said.strip():
            note(f"rules {said.strip()!r}: not known, and left out")
        return None
    _, scoring, tax, suicide, passes, captures, button, bonus = spelt.groups()
    not_played = NOT_PLAYED | ({"taxSEKI"} if scoring == "AREA" else set())
    if left_out := [one for one in (tax, button, bonus) if one in not_played]:
        note(f"rules {said.strip()}: read without {', '.join(left_out)}")
    return Rules(
        ko=next(one for one in KO_RULES if one.upper() == spelt[1]),
        scoring=next(one for one in SCORINGS if one.upper() == scoring),
        suicide=suicide == "1",
        pass_stones=bool(passes),
        captures_to_win=int(captures or 0),
    )


def size_read(said: str | None, note: Note) -> tuple[int, int]:
    """Width and height by SZ, 19x19 where it is missing.

    Raises:
        BadSgf: it says no size, or one that we don't play.
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
    """Komi by KM; None where it is missing.

    Files have 6,5 for 6.5, 650 for 6.5 (hundredths), and 3.75 or 375, in stones that a Chinese
    count gives back: twice that in points.

    Raises:
        BadSgf: it is no komi that we play with.
    """
    if said is None or not said.strip():
        return None
    found = NUMBER.search(said)
    if found is None:
        note(f"komi {said!r}: no number, and left out")
        return None
    komi = read = float(found[0].replace(",", "."))
    if abs(komi) >= 100 and "." not in found[0] and not komi % 5:
        komi /= 100
    if (2 * komi) % 1 and not (4 * komi) % 1 and (4 * abs(komi)) % 2 == 1:
        komi *= 2
    if komi != read or "," in found[0] or found[0] != said.strip():
        note(f"komi {said!r}: taken for {komi:g}")
    return komi
