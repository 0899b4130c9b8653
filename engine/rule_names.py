"""What rules are called in files and by programs: presets by name, others in KataGo's words.

KataGo writes rules as one word in SGF files, "koSIMPLEscoreAREAtaxNONEsui0", and as JSON in GTP,
{"ko": "SIMPLE", "scoring": "AREA", "tax": "NONE", "suicide": false}. Both say the same:

====== =================== ============================ ==========================
word   JSON                values                       what we play
====== =================== ============================ ==========================
ko     ko                  SIMPLE POSITIONAL SITUATIONAL all
score  scoring             AREA TERRITORY               all
tax    tax                 NONE SEKI ALL                NONE; SEKI under TERRITORY
sui    suicide             0 1, false true              all
button hasButton           0 1, false true              no button
whb    whiteHandicapBonus  0 N N-1                      0
fpok   friendlyPassOk      0 1, false true              false; files may say either
====== =================== ============================ ==========================

KataGo has no word for pass stones or for captures that win. We add "passes" and "captures3" to the
word, and "passStones" to the JSON.
"""

import dataclasses
import json
import re
from collections.abc import Mapping
from typing import Any

from insei.engine.rules import KO_RULES, PRESETS, SCORINGS, Rules, preset_name, with_preset
from insei.system.errors import UserError

NAMES_IN_FILES = {
    "chinese": "Chinese",
    "new-zealand": "NZ",
    "tromp-taylor": "Tromp-Taylor",
    "japanese": "Japanese",
    "aga": "AGA",
}
OTHER_NAMES = {"nz": "new-zealand", "jp": "japanese", "korean": "japanese"}
LONGEST_QUOTE = 80  # characters of a text that a message repeats
TAXES = {"area": ("NONE",), "territory": ("NONE", "SEKI")}  # eyes in seki: see Rules
# Properties that we play with one value alone.
FIXED = {"hasButton": False, "whiteHandicapBonus": "0", "friendlyPassOk": False}
WORD = re.compile(
    r"ko(SIMPLE|POSITIONAL|SITUATIONAL)score(AREA|TERRITORY)(?:tax(NONE|SEKI|ALL))?sui([01])"
    r"(passes)?(?:captures(\d{1,4}))?(?:button([01]))?(?:whb(0|N-1|N))?(?:fpok[01])?"
)


def preset_called(said: str) -> str | None:
    """The preset that goes by this name in files and programs; None for an unknown name."""
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
    found = WORD.fullmatch(word.strip())
    if found is None:
        return None
    ko, scoring, tax, suicide, passes, captures, button, bonus = found.groups()
    rules = Rules(
        ko=_one_of(KO_RULES, ko),
        scoring=_one_of(SCORINGS, scoring),
        suicide=suicide == "1",
        pass_stones=bool(passes),
        captures_to_win=int(captures or 0),
    )
    left_out = []
    if tax and tax not in TAXES[rules.scoring]:
        left_out.append(f"tax{tax}")
    if button == "1":
        left_out.append("button1")
    if bonus not in (None, FIXED["whiteHandicapBonus"]):
        left_out.append(f"whb{bonus}")
    return rules, left_out


def _one_of(names: tuple[Any, ...], upper_case: str) -> Any:
    return next(name for name in names if name.upper() == upper_case)


def json_of(rules: Rules) -> str:
    """Rules as KataGo's JSON."""
    said = {
        "ko": rules.ko.upper(),
        "scoring": rules.scoring.upper(),
        "suicide": rules.suicide,
        "tax": "NONE",
    }
    return json.dumps(said | ({"passStones": True} if rules.pass_stones else {}))


def rules_by_json(text: str, rules: Rules) -> Rules:
    """`rules` with what KataGo's JSON says changed.

    Raises:
        UserError: it is not such JSON, or says something that we do not play.
    """
    try:
        said = json.loads(text)
    except RecursionError as error:
        raise UserError("JSON nested too deeply") from error
    if not isinstance(said, dict):
        raise UserError(f"{type(said).__name__}: wanted a JSON object")
    _check_properties(said)
    scoring = str(said.get("scoring", rules.scoring)).lower()
    if said.get("tax", "NONE") not in TAXES.get(scoring, ()):
        raise UserError(f"tax {said.get('tax')!r} under scoring {scoring!r}: not played")
    return dataclasses.replace(
        rules,
        ko=str(said.get("ko", rules.ko)).lower(),  # type: ignore[arg-type]
        scoring=scoring,  # type: ignore[arg-type]
        suicide=said.get("suicide", rules.suicide),
        pass_stones=said.get("passStones", rules.pass_stones and scoring == "territory"),
    )


def rules_called(text: str, rules: Rules) -> Rules:
    """The rules of a preset's name, KataGo's word or its JSON, with the size and komi of `rules`.

    Raises:
        UserError: they are unknown, or not all of them can be played.
    """
    if name := preset_called(text):
        return with_preset(rules, name)
    try:
        if found := rules_by_word(text):
            named, left_out = found
            if left_out:
                raise UserError(f"{', '.join(left_out)}: not played")
            return dataclasses.replace(
                named, width=rules.width, height=rules.height, komi=rules.komi
            )
        return rules_by_json(text, rules)
    except ValueError as error:
        quoted = repr(text if len(text) <= LONGEST_QUOTE else text[:LONGEST_QUOTE] + "...")
        raise UserError(
            f"unknown rules {quoted}: wanted one of {', '.join(PRESETS)}, or JSON with ko, "
            "suicide, scoring and tax NONE"
        ) from error


def _check_properties(said: Mapping[str, object]) -> None:
    unknown = said.keys() - {"ko", "scoring", "suicide", "tax", "passStones", *FIXED}
    if unknown:
        raise UserError(f"property {min(unknown)!r}: not known")
    for key, value in FIXED.items():
        if said.get(key, value) != value:
            raise UserError(f"{key} {said[key]!r}: wanted {value!r}")
