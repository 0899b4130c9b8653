"""The private properties with which an unfinished game is gone on with.

They name its players by the grammar and its clock, and mark the node to go on from. Only files
among the kept games have them.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from insei.client.clocks import time_control
from insei.client.game import ClientGame
from insei.engine.rules import BLACK, WHITE
from insei.engine.sgf.scanned_game import unescaped
from insei.engine.sgf.variations import GameTree
from insei.engine.sgf.writer import Properties, escaped

PLAYER = {BLACK: "INSEIB", WHITE: "INSEIW"}  # of the root
CLOCK = "INSEICLOCK"  # of the root: minutes and overtime
HERE = "INSEIHERE"  # of the node to go on from
MARKS = (*PLAYER.values(), CLOCK, HERE)


@contextmanager
def marked(game: ClientGame) -> Iterator[None]:
    """Give an unfinished game its marks, until its text is written."""
    root, here = game.line.tree.start.properties, game.nodes[-1].properties
    if not game.is_ended:
        for colour, key in PLAYER.items():
            root[key] = [escaped(game.setup.player(colour))]
        if game.clocks:
            root[CLOCK] = [f"{game.setup.minutes:g} {game.setup.overtime}"]
        here[HERE] = ["1"]
    try:
        yield
    finally:
        for key in MARKS:
            root.pop(key, None)
            here.pop(key, None)


@contextmanager
def unmarked(tree: GameTree) -> Iterator[None]:
    """Take the marks off a tree, until its text is written."""
    taken = take_marks(tree)
    try:
        yield
    finally:
        for properties, key, values in taken:
            properties[key] = values


def take_marks(tree: GameTree) -> list[tuple[Properties, str, list[str]]]:
    """Take the marks off a tree; where they were, and what they said."""
    return [
        (node.properties, key, node.properties.pop(key))
        for node in tree.start.subtree()
        for key in MARKS
        if key in node.properties
    ]


def resume_marked(game: ClientGame) -> bool:
    """Go on with a game from its marks, which are taken off; False if it has none."""
    tree = game.line.tree
    here = next((node for node in tree.start.subtree() if HERE in node.properties), None)
    if here is None:
        return False
    root = {key: unescaped(tree.start.properties.get(key, [""])[0]) for key in MARKS}
    take_marks(tree)
    black, white = (root[key] or game.setup.player(colour) for colour, key in PLAYER.items())
    minutes, overtime = _clock_read(root[CLOCK])
    setup = replace(game.setup, black=black, white=white, minutes=minutes, overtime=overtime)
    game.resume_at(here, setup)
    return True


def _clock_read(said: str) -> tuple[float, str]:
    minutes, _, overtime = said.partition(" ")
    try:
        read = float(minutes or 0), overtime.strip()
        time_control(*read)
    except ValueError:  # somebody has changed it
        return 0.0, ""
    return read
