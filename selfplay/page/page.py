"""A dataset's page: one self-contained HTML file."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from jinja2.utils import htmlsafe_json_dumps

from insei.engine.page.board import TEMPLATES, frame_of
from insei.engine.rules import BLACK, COLOUR_NAMES, Rules
from insei.engine.vertex import vertex_of
from insei.selfplay.data.loading import open_run_data
from insei.selfplay.history.graph import HEAD
from insei.selfplay.history.history import History
from insei.selfplay.history.labels import Label, Labels
from insei.selfplay.history.told import commit_told
from insei.selfplay.mining.mined import MinedItem
from insei.selfplay.page.charts import calibration_chart, edits_chart, lengths_chart
from insei.selfplay.page.numbers import BoardNumbers, DatasetNumbers, numbers_of
from insei.selfplay.page.surprises import items_of
from insei.selfplay.run import DATASET
from insei.system.errors import UserError
from insei.system.files import write_text
from insei.system.page.templates import templates_of

POSITIONS = 50
COMMITS = 200  # lines of a table
LEAST_SHARE = 0.05  # of a policy, to be drawn


@dataclass
class Drawings:
    """The boards of the page: what `board.js.j2` draws, by number."""

    frames: list[dict[str, Any]] = field(default_factory=list)
    boards: list[Any] = field(default_factory=list)

    def add(
        self, rules: Rules, moves: Sequence[int], texts: dict[int, str], is_last_marked: bool
    ) -> int:
        """A board after some moves; its number.

        Args:
            texts: by point.
        """
        frame = frame_of(rules)
        if frame not in self.frames:
            self.frames.append(frame)
        place = self.frames.index(frame)
        self.boards.append([place, list(moves), texts, is_last_marked])
        return len(self.boards) - 1


def write_page(run: Path, path: Path, name: str | None = None, at: str = HEAD) -> DatasetNumbers:
    """Write the page of a run's dataset; returns what it counts.

    Args:
        path: the file, which is replaced.
        name: of a mined list, whose positions are shown; None for the newest.
        at: the commit whose edits count.

    Raises:
        UserError: there is no run, no such list or no such commit.
    """
    history = History(run)
    commit = history.graph.resolve(at)
    has_games = (run / DATASET).exists()
    numbers = numbers_of(open_run_data(run, at), POSITIONS) if has_games else DatasetNumbers()
    drawings = Drawings()
    source, items = items_of(run, name, numbers, POSITIONS)
    shared = (
        {
            "name": run.resolve().name,
            "numbers": numbers,
            "branch": history.graph.branch_at(commit),
            "commit": commit,
            "boards": [
                of_board(board, history, drawings) for _, board in sorted(numbers.boards.items())
            ],
            "calibration": calibration_chart(numbers.bins) if numbers.bins else None,
            "source": source,
        }
        | of_edits(history, commit)
        | of_positions(items, Labels(history, at), drawings)
    )
    shared["drawings"] = htmlsafe_json_dumps(vars(drawings))
    template = templates_of(Path(__file__).parent, TEMPLATES).get_template("dataset.html.j2")
    write_text(path, template.render(shared))
    return numbers


def of_board(board: BoardNumbers, history: History, drawings: Drawings) -> dict[str, Any]:
    """What the page shows of the games on one board."""
    found: dict[str, Any] = {"numbers": board, "lengths": None}
    if not board.whole_games:
        return found
    rules = Rules(board.width, board.height)
    firsts = board.first_moves()
    shares = {opening.moves[0]: opening.games / board.whole_games for opening in firsts}
    texts = {move: percent(share) for move, share in shares.items() if percent(share)}
    said = ", ".join(f"{vertex_of(move, rules)} {100 * shares[move]:.0f} %" for move in texts)
    openings = [
        {
            "number": drawings.add(rules, opening.moves, numbered(opening.moves), False),
            "moves": " ".join(vertex_of(move, rules) for move in opening.moves),
            "games": opening.games,
            "share": opening.black_share,
        }
        for opening in board.common_openings()
    ]
    return found | {
        "lengths": lengths_chart(board.name, board.lengths),
        "first": drawings.add(rules, (), texts, False),
        "first_text": said,
        "openings": openings,
    }


def numbered(moves: Sequence[int]) -> dict[int, str]:
    """The numbers of moves, by point."""
    return {move: str(number) for number, move in enumerate(moves, 1)}


def percent(share: float) -> str:
    """A share in whole percent; empty where that is 0."""
    return f"{100 * share:.0f}" if share >= 0.005 else ""


def of_edits(history: History, commit: str) -> dict[str, Any]:
    """What the page shows of the commits that a commit comes from."""
    log = history.graph.log(commit)
    cells = {each.id: history.graph.edits[each.id] for each in log}
    authors = []
    for name, commits in Counter(each.author for each in log).most_common():
        own = [edit for each in log if each.author == name for edit in cells[each.id]]
        fields = Counter(edit.field for edit in own).most_common()
        told = ", ".join(f"{field} {count:,}" for field, count in fields)
        authors.append({"name": name, "commits": commits, "cells": len(own), "fields": told})
    by_time = sorted(log, key=lambda each: each.seconds)
    counted = [(each, len(cells[each.id])) for each in by_time]
    return {
        "commits": [commit_told(history, each) for each in log[:COMMITS]],
        "num_commits": len(log),
        "authors": authors,
        "edits": edits_chart(counted) if counted else None,
    }


def of_positions(items: Sequence[MinedItem], labels: Labels, drawings: Drawings) -> dict[str, Any]:
    """What the page shows of the positions that deserve a look."""
    found: list[dict[str, Any]] = []
    left_out, why = 0, ""
    for item in items:
        try:
            found.append(of_position(item, labels, drawings))
        except UserError as error:  # an older run's game, or a list of another run
            left_out, why = left_out + 1, why or str(error)
    return {"positions": found, "left_out": left_out, "why_left_out": why}


def of_position(item: MinedItem, labels: Labels, drawings: Drawings) -> dict[str, Any]:
    """One position; a whole game is shown as it ended."""
    game = labels.game(item.game)
    rules, moves = game.whole.rules, game.whole.moves
    label = None if item.ply is None else labels.label(item.game, item.ply)
    plies = len(moves) if label is None else label.ply
    texts = {} if label is None else shares_of(label)
    to_play = COLOUR_NAMES[BLACK if plies % 2 == 0 else 3 - BLACK]
    place = f"all {plies} moves" if label is None else f"ply {plies}, {to_play} to play"
    said = f"{rules.size_name}, {place}"
    if label is not None:
        said += f"; played {vertex_of(label.move, rules)}"
    return {
        "number": drawings.add(rules, moves[:plies], texts, True),
        "label": f"Game {item.game}, {said}",
        "place": said,
        "game": item.game,
        "reason": item.reason,
    }


def shares_of(label: Label) -> dict[int, str]:
    """The recorded policy by point, in percent; the pass has no point."""
    points = np.flatnonzero(label.policy[:-1] >= LEAST_SHARE).tolist()
    return {point: percent(float(label.policy[point])) for point in points}
