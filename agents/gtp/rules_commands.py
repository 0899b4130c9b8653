"""KataGo's GTP commands on rules: `kata-set-rules` and `kata-get-rules`."""

from collections.abc import Callable

from insei.agents.gtp.arguments import CommandFailed
from insei.agents.gtp.game import GtpGame
from insei.engine.rule_names import json_of, rules_called


def set_rules(game: GtpGame, words: list[str]) -> str:
    """`kata-set-rules`: the name of a preset, KataGo's word, or JSON. The game goes on."""
    try:
        rules = rules_called(" ".join(words), game.rules)
    except ValueError as error:
        raise CommandFailed(str(error)) from error
    game.change_rules(rules)
    return ""


def get_rules(game: GtpGame, words: list[str]) -> str:
    """`kata-get-rules`: JSON."""
    return json_of(game.rules)


RULES_COMMANDS: dict[str, Callable[[GtpGame, list[str]], str]] = {
    "kata-set-rules": set_rules,
    "kata-get-rules": get_rules,
}
