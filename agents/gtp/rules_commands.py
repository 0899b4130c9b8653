"""KataGo's GTP commands on rules: `kata-set-rules` and `kata-get-rules`."""

import dataclasses
import json
from collections.abc import Callable

from insei.agents.gtp.arguments import CommandFailed
from insei.agents.gtp.game import GtpGame
from insei.engine.rules import PRESETS, Rules, preset_called, with_preset

NOT_PLAYED = {"hasButton": False, "whiteHandicapBonus": "0", "friendlyPassOk": False}  # of KataGo
TAXES = {"area": ("NONE",), "territory": ("NONE", "SEKI")}  # KataGo's japanese taxes seki
LONGEST_QUOTE = 80  # characters of a line that an answer repeats


def set_rules(game: GtpGame, words: list[str]) -> str:
    """`kata-set-rules`: the name of a preset, or JSON. The game goes on."""
    text = " ".join(words)
    rules = game.rules
    name = preset_called(text)
    rules = with_preset(rules, name) if name else rules_from_json(text, rules)
    game.change_rules(rules)
    return ""


def get_rules(game: GtpGame, words: list[str]) -> str:
    """`kata-get-rules`: JSON."""
    rules = game.rules
    said = {
        "ko": rules.ko.upper(),
        "scoring": rules.scoring.upper(),
        "suicide": rules.suicide,
        "tax": "NONE",
    }
    return json.dumps(said | ({"passStones": True} if rules.pass_stones else {}))


def rules_from_json(text: str, rules: Rules) -> Rules:
    """KataGo's way to spell rules, over `rules`; what we don't play is refused.

    Raises:
        CommandFailed: no such rules.
    """
    quoted = repr(text if len(text) <= LONGEST_QUOTE else text[:LONGEST_QUOTE] + "...")
    refusal = CommandFailed(
        f"unknown rules {quoted}: wanted one of {', '.join(PRESETS)}, or JSON with ko, suicide, "
        "scoring and tax NONE"
    )
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        raise refusal from None
    if not isinstance(said, dict):
        raise refusal
    changes = {
        "ko": str(said.get("ko", rules.ko)).lower(),
        "suicide": said.get("suicide", rules.suicide),
        "scoring": str(said.get("scoring", rules.scoring)).lower(),
    }
    if changes["scoring"] not in TAXES:
        raise refusal
    unknown = said.keys() - {*changes, "passStones", "tax", *NOT_PLAYED}
    if unknown or any(said.get(key, value) != value for key, value in NOT_PLAYED.items()):
        raise refusal
    hands_over = rules.pass_stones and changes["scoring"] == "territory"
    changes["pass_stones"] = said.get("passStones", hands_over)
    try:
        if said.get("tax", "NONE") in TAXES[changes["scoring"]]:
            return dataclasses.replace(rules, **changes)
    except ValueError:
        pass  # one line for all that can be wrong
    raise refusal


RULES_COMMANDS: dict[str, Callable[[GtpGame, list[str]], str]] = {
    "kata-set-rules": set_rules,
    "kata-get-rules": get_rules,
}
