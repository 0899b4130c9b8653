"""GTP commands on rules: KataGo's, and that of KGS."""

from collections.abc import Callable

from insei.agents.gtp.arguments import CommandFailed, check_count, only_argument
from insei.agents.gtp.game import GtpGame
from insei.engine.errors import IllegalMove
from insei.engine.rule_names import ProgramRules, json_of, rules_called, with_property

# As kgsGtp writes them. Chinese rules on KGS have positional superko.
KGS_RULES = {
    "chinese": "chinese-kgs",
    "aga": "aga",
    "japanese": "japanese",
    "new_zealand": "new-zealand",
}


def set_rules(game: GtpGame, words: list[str]) -> str:
    """`kata-set-rules`: a name, KataGo's word, or JSON. The game goes on."""
    return use_rules(game, rules_called(" ".join(words), game.rules))


def set_rule(game: GtpGame, words: list[str]) -> str:
    """`kata-set-rule`: one property of KataGo's JSON."""
    check_count(words, 2, "a property and its value")
    return use_rules(game, with_property(game.rules, game.handicap_bonus, *words))


def set_kgs_rules(game: GtpGame, words: list[str]) -> str:
    """`kgs-rules`."""
    name = only_argument(words).lower()
    if name not in KGS_RULES:
        raise CommandFailed(f"rules {name!r}: wanted one of {', '.join(KGS_RULES)}")
    return use_rules(game, rules_called(KGS_RULES[name], game.rules))


def use_rules(game: GtpGame, said: ProgramRules) -> str:
    """Continue the game under these rules, and warn of what insei does not play."""
    try:
        game.change_rules(said.rules, said.handicap_bonus)
    except IllegalMove as error:
        raise CommandFailed(f"the game so far breaks these rules: {error}") from error
    game.is_tolerant = False
    if said.left_out:
        game.warn(f"{', '.join(said.left_out)}: not played; the rest of these rules is")
    return ""


RULES_COMMANDS: dict[str, Callable[[GtpGame, list[str]], str]] = {
    "kata-set-rules": set_rules,
    "kata-set-rule": set_rule,
    "kata-get-rules": lambda game, words: json_of(game.rules, game.handicap_bonus),
    "kgs-rules": set_kgs_rules,
}
