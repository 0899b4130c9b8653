"""What rules are called in files and by programs: presets by name, others in KataGo's words.

KataGo writes rules as one word in SGF files, "koSIMPLEscoreAREAtaxNONEsui0", and as JSON in GTP,
{"ko": "SIMPLE", "scoring": "AREA", "tax": "NONE", "suicide": false}. Both say the same:

====== =================== ============================ ==========================
word   JSON                values                       what we play
====== =================== ============================ ==========================
ko     ko                  SIMPLE POSITIONAL SITUATIONAL all
score  scoring, score      AREA TERRITORY               all
tax    tax                 NONE SEKI ALL                NONE
sui    suicide             0 1, false true              all
button hasButton           0 1, false true              no button
whb    whiteHandicapBonus  0 N N-1                      all, where programs ask for it
fpok   friendlyPassOk      0 1, false true              either; it changes no rule
====== =================== ============================ ==========================

KataGo has no word for pass stones or for captures that win. We add "passes" and "captures3" to the
word, and "passStones" to the JSON.

Source: KataGo, docs/GTP_Extensions.md and cpp/game/rules.cpp.
"""

import dataclasses
import json
import re
from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

from insei.engine.rules import (
    KO_RULES,
    PRESETS,
    SCORINGS,
    Rules,
    preset_name,
    tromp_taylor,
)
from insei.system.errors import UserError

NAMES_IN_FILES = {
    "chinese": "Chinese",
    "new-zealand": "NZ",
    "tromp-taylor": "Tromp-Taylor",
    "japanese": "Japanese",
    "aga": "AGA",
}
OTHER_NAMES = {"nz": "new-zealand", "jp": "japanese", "korean": "japanese"}
# What programs and servers mean by a name, in KataGo's words; spelled without separators.
PROGRAM_RULES = {
    "tromptaylor": "koPOSITIONALscoreAREAtaxNONEsui1",
    "chinese": "koSIMPLEscoreAREAtaxNONEsui0whbN",
    "chineseogs": "koPOSITIONALscoreAREAtaxNONEsui0whbN",
    "chinesekgs": "koPOSITIONALscoreAREAtaxNONEsui0whbN",
    "cgos": "koPOSITIONALscoreAREAtaxNONEsui0",
    "japanese": "koSIMPLEscoreTERRITORYtaxSEKIsui0",
    "korean": "koSIMPLEscoreTERRITORYtaxSEKIsui0",
    "aga": "koSITUATIONALscoreAREAtaxNONEsui0whbN-1",
    "bga": "koSITUATIONALscoreAREAtaxNONEsui0whbN-1",
    "french": "koSITUATIONALscoreAREAtaxNONEsui0whbN-1",
    "agabutton": "koSITUATIONALscoreAREAtaxNONEsui0button1whbN-1",
    "newzealand": "koSITUATIONALscoreAREAtaxNONEsui1",
    "nz": "koSITUATIONALscoreAREAtaxNONEsui1",
    "ing": "koPOSITIONALscoreAREAtaxNONEsui1",
    "goe": "koPOSITIONALscoreAREAtaxNONEsui1",
    "stonescoring": "koSIMPLEscoreAREAtaxALLsui0",
    "ancientarea": "koSIMPLEscoreAREAtaxALLsui0",
    "ancientterritory": "koSIMPLEscoreTERRITORYtaxALLsui0",
}
PROPERTIES = {  # of KataGo's JSON, by the names that programs give them
    "ko": "ko",
    "scoring": "scoring",
    "score": "scoring",
    "tax": "tax",
    "suicide": "suicide",
    "hasButton": "hasButton",
    "whiteHandicapBonus": "whiteHandicapBonus",
    "friendlyPassOk": "friendlyPassOk",
}
LONGEST_QUOTE = 80  # characters of a text that a message repeats
TAXES = {"area": ("NONE",), "territory": ("NONE", "SEKI")}  # eyes in seki: see Rules
HandicapBonus = Literal["0", "N-1", "N"]
HANDICAP_BONUSES: tuple[HandicapBonus, ...] = ("0", "N-1", "N")
WORD = re.compile(
    r"ko(SIMPLE|POSITIONAL|SITUATIONAL)score(AREA|TERRITORY)(?:tax(NONE|SEKI|ALL))?sui([01])"
    r"(passes)?(?:captures(\d{1,4}))?(?:button([01]))?(?:whb(0|N-1|N))?(?:fpok[01])?"
)


class ProgramRules(NamedTuple):
    """Rules as a program asks for them."""

    rules: Rules
    handicap_bonus: HandicapBonus = "0"  # points for White, where N is Black's handicap stones
    left_out: tuple[str, ...] = ()  # what they also say, and we do not play


def bonus_points(bonus: HandicapBonus, stones: int) -> int:
    """The points that White gets for Black's handicap stones."""
    return {"0": 0, "N-1": stones - 1, "N": stones}[bonus] if stones else 0


def handicap_points(preset: str, stones: int) -> int:
    """The points that a preset's rules give White for Black's handicap stones.

    Only where stones on the board count, as under Chinese rules.
    """
    said = program_rules_by_word(PROGRAM_RULES.get(preset, ""), Rules())
    if said is None or PRESETS[preset]().scoring != "area":
        return 0
    return bonus_points(said.handicap_bonus, stones)


def preset_called(said: str) -> str | None:
    """The preset that goes by this name in files; None for an unknown name."""
    name = said.strip().lower().removesuffix(" rules").replace("_", "-").replace(" ", "-")
    name = OTHER_NAMES.get(name, name)
    return name if name in PRESETS else None


def word_of(rules: Rules) -> str:
    """The name of rules in files: a preset's, or KataGo's word."""
    if name := preset_name(rules):
        return NAMES_IN_FILES[name]
    word = f"ko{rules.ko.upper()}score{rules.scoring.upper()}taxNONEsui{int(rules.suicide)}"
    if rules.pass_stones:
        word += "passes"
    return word + (f"captures{rules.captures_to_win}" if rules.captures_to_win else "")


def rules_by_word(word: str) -> tuple[Rules, list[str]] | None:
    """The rules that KataGo's word stands for, of the default size and komi.

    Returns:
        the rules, and the parts of the word that we do not play; None for another word.
    """
    said = program_rules_by_word(word, Rules())
    if said is None:
        return None
    bonus = [] if said.handicap_bonus == "0" else [f"whb{said.handicap_bonus}"]
    return said.rules, [*said.left_out, *bonus]


def program_rules_by_word(word: str, rules: Rules) -> ProgramRules | None:
    """The rules of KataGo's word, with the size and komi of `rules`; None for another word."""
    found = WORD.fullmatch(word.strip())
    if found is None:
        return None
    ko, scoring, tax, suicide, passes, captures, button, bonus = found.groups()
    named = dataclasses.replace(
        rules,
        ko=_one_of(KO_RULES, ko),
        scoring=_one_of(SCORINGS, scoring),
        suicide=suicide == "1",
        pass_stones=bool(passes),
        captures_to_win=int(captures or 0),
    )
    left_out = []
    if tax and tax not in TAXES[named.scoring]:
        left_out.append(f"tax{tax}")
    if button == "1":
        left_out.append("button1")
    return ProgramRules(named, _one_of(HANDICAP_BONUSES, bonus or "0"), tuple(left_out))


def _one_of(names: tuple[Any, ...], upper_case: str) -> Any:
    return next(name for name in names if name.upper() == upper_case)


def json_of(rules: Rules, handicap_bonus: HandicapBonus = "0") -> str:
    """Rules as KataGo's JSON, every property of it."""
    said = {
        "friendlyPassOk": False,
        "hasButton": False,
        "ko": rules.ko.upper(),
        "scoring": rules.scoring.upper(),
        "suicide": rules.suicide,
        "tax": "NONE",
        "whiteHandicapBonus": handicap_bonus,
    }
    return json.dumps(said | ({"passStones": True} if rules.pass_stones else {}))


def rules_by_json(text: str, rules: Rules) -> ProgramRules:
    """The rules of KataGo's JSON, with the size and komi of `rules`.

    A property that it leaves out is Tromp and Taylor's, as in KataGo.

    Raises:
        UserError: it is not such JSON.
    """
    try:
        said = json.loads(text)
    except RecursionError as error:
        raise UserError("JSON nested too deeply") from error
    if not isinstance(said, dict):
        raise UserError(f"{type(said).__name__}: wanted a JSON object")
    if "score" in said:
        said = {"scoring": said.pop("score")} | said
    _check_properties(said)
    plain = tromp_taylor(rules.width, rules.height, rules.komi)
    named = dataclasses.replace(
        plain,
        ko=str(said.get("ko", plain.ko)).lower(),  # type: ignore[arg-type]
        scoring=str(said.get("scoring", plain.scoring)).lower(),  # type: ignore[arg-type]
        suicide=said.get("suicide", plain.suicide),
        pass_stones=said.get("passStones", False),
    )
    tax = str(said.get("tax", "NONE")).upper()
    left_out = [] if tax in TAXES[named.scoring] else [f"tax {tax}"]
    if said.get("hasButton"):
        left_out.append("hasButton")
    return ProgramRules(named, said.get("whiteHandicapBonus", "0"), tuple(left_out))


def rules_called(text: str, rules: Rules) -> ProgramRules:
    """The rules that a program asks for: a name, KataGo's word or its JSON.

    Args:
        rules: whose size and komi are kept.

    Raises:
        UserError: they are unknown.
    """
    name = re.sub(r"[-_ ]", "", text.strip().lower().removesuffix(" rules"))
    try:
        if found := program_rules_by_word(PROGRAM_RULES.get(name, text), rules):
            return found
        return rules_by_json(text, rules)
    except ValueError as error:
        quoted = repr(text if len(text) <= LONGEST_QUOTE else text[:LONGEST_QUOTE] + "...")
        reason = "" if isinstance(error, json.JSONDecodeError) else f" ({error})"
        raise UserError(
            f"unknown rules {quoted}{reason[:LONGEST_QUOTE]}: wanted {', '.join(PRESETS)}, "
            "chinese-ogs, cgos or another of KataGo's names, or its JSON"
        ) from error


def with_property(rules: Rules, bonus: HandicapBonus, key: str, value: str) -> ProgramRules:
    """Rules with one property of KataGo's JSON changed.

    Args:
        value: as a controller types it: `SIMPLE`, `true`, `N-1`.

    Raises:
        UserError: there is no such property, or it has no such value.
    """
    if key not in PROPERTIES:
        raise UserError(f"rule {key!r}: wanted one of {', '.join(PROPERTIES)}")
    truths = {"true": True, "1": True, "false": False, "0": False}
    said = json.loads(json_of(rules, bonus))
    is_truth = isinstance(said.get(PROPERTIES[key]), bool)
    changed = truths.get(value.lower(), value) if is_truth else value.upper()
    if PROPERTIES[key] == "scoring" and changed != said["scoring"]:
        said.pop("passStones", None)
    return rules_by_json(json.dumps(said | {PROPERTIES[key]: changed}), rules)


def _check_properties(said: Mapping[str, object]) -> None:
    if unknown := said.keys() - {*PROPERTIES, "passStones"}:
        raise UserError(f"property {min(unknown)!r}: not known")
    wanted: dict[str, tuple[object, ...]] = {
        "tax": ("NONE", "SEKI", "ALL"),
        "hasButton": (False, True),
        "friendlyPassOk": (False, True),
        "whiteHandicapBonus": HANDICAP_BONUSES,
    }
    for key, values in wanted.items():
        if key in said and not any(type(said[key]) is type(v) and said[key] == v for v in values):
            raise UserError(f"{key} {said[key]!r}: wanted {', '.join(map(str, values))}")
