"""Runs that hold games and nothing else, made without training."""

from dataclasses import replace

import lance

from insei.engine.rules import Rules
from insei.selfplay.data.dataset import STORED_NAMES, GameDataset, table_of
from insei.selfplay.data.games import SelfPlayGames
from insei.selfplay.run import DATASET, RunFolder
from insei.system.configuration import to_yaml
from tests.helpers.runs import CONFIG


def run_with(path, *commits, rules=None):
    """A run's folder whose table holds these games, a commit for each list."""
    rules = rules or Rules(5, 5, 4.5)
    RunFolder.create(path, to_yaml(replace(CONFIG, rules=rules, sizes=()))).close()
    dataset = GameDataset(path / DATASET, rules)
    for games in commits:
        dataset.append(SelfPlayGames.of(games))
    return path


def older_run_with(path, games, rules=None):
    """A run of an insei that kept no whole games."""
    rules = rules or Rules(5, 5, 4.5)
    run_with(path, rules=rules)
    schema = GameDataset(path / DATASET, rules).schema
    table = table_of(SelfPlayGames.of(games), schema).select(STORED_NAMES)
    lance.write_dataset(table.replace_schema_metadata(schema.metadata), str(path / DATASET))
    return path
