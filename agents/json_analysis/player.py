"""The analysis engine of a player that a name of the grammar seats."""

import json
from dataclasses import replace

from insei.agents.grammar import make_player
from insei.agents.json_analysis.engine import AnalysisEngine
from insei.agents.net.evaluator import Evaluator
from insei.agents.net.net_player import NetPlayer
from insei.agents.search.search_player import SearchPlayer
from insei.agents.search.settings import SearchSettings
from insei.engine.rule_names import ProgramRules, rules_called
from insei.engine.rules import Rules
from insei.system.errors import UserError

ROOM_FOR_VISITS = 20_000  # that a query may ask for
DEFAULT_VISITS = 100  # where the player is a net alone


def engine_for(name: str, version: str) -> AnalysisEngine:
    """The engine that searches with a player's net.

    Args:
        name: `net:PATH` or `search:PATH,...`; the settings of a search are kept, but for its root
            rule, which is PUCT.

    Raises:
        UserError: the player has no net.
    """
    player = make_player(name)
    if not isinstance(player, NetPlayer | SearchPlayer):
        raise UserError(f"player {name!r}: wanted net:PATH or search:PATH, which have a net")
    settings, visits = SearchSettings(), DEFAULT_VISITS
    if isinstance(player, SearchPlayer):
        settings, visits = player.settings, player.settings.visits
    settings = replace(settings, rule="puct", noise=0.0, visits=max(visits, ROOM_FOR_VISITS))

    def make_evaluator(height: int, width: int) -> Evaluator:
        return player.session.evaluator(Rules(width, height))

    model = {"name": name, "internalName": name, "sha256": player.fingerprint, "usesFP16": "auto"}
    groups = player.session.plane_groups
    return AnalysisEngine(make_evaluator, settings, visits, read_rules, version, [model], groups)


def read_rules(said: object, rules: Rules) -> ProgramRules:
    """The rules of a query: a name, or an object with KataGo's fields.

    Raises:
        UserError: there are no such rules.
    """
    return rules_called(said if isinstance(said, str) else json.dumps(said), rules)
