"""NGF, the format of wBaduk and Cyberoro: lines about the game, then a move a line.

Older files have GI before each of the lines, and others of them.

A move is PM, two letters that count, the colour, and the point twice, in letters from B at the top
left. What is not a point of the board is a pass.
"""

import re
from collections.abc import Mapping, Sequence

from insei.engine.handicap import fixed_handicap, most_fixed
from insei.engine.rules import MAX_SIDE, Rules
from insei.engine.sgf.points import LETTERS, written_move
from insei.engine.sgf.writer import Properties, escaped

MOVE = re.compile(r"PM..([BW])(.)(.)")
LINES = {
    "size": 1, "white": 2, "black": 3, "place": 4, "handicap": 5, "komi": 7, "date": 8, "result": 10
}  # fmt: skip
OLDER_LINES = {"white": 1, "black": 2, "date": 5, "size": 6, "handicap": 7, "komi": 9}
RANKS = (("DP", "p"), ("D", "d"), ("K", "k"), ("*", ""))


def ngf_nodes(lines: Sequence[str]) -> list[Properties]:
    """The nodes of a game by the lines of its file."""
    said = [line.strip() for line in lines]
    first = next((row for row, line in enumerate(said) if MOVE.match(line)), len(said))
    is_older = said[0].startswith("GI")
    head = {
        name: said[row].removeprefix("GI") if row < first else ""
        for name, row in (OLDER_LINES if is_older else LINES).items()
    }
    side = _number(head["size"], 19)
    rules = Rules(side, side) if 1 <= side <= MAX_SIDE else Rules()
    root: Properties = {"FF": ["4"], "CA": ["UTF-8"], "GM": ["1"], "SZ": [str(side)]}
    _read_players(head, root)
    handicap = _number(head["handicap"], 0)
    komi = _number(head["komi"], 0) + (0 if handicap else 0.5)  # half points are not written
    root["KM"] = [f"{komi:g}"]
    if 2 <= handicap <= most_fixed(rules):
        root["HA"] = [str(handicap)]
        root["AB"] = [written_move(point, rules) for point in fixed_handicap(rules, handicap)]
    if date := re.match(r"(\d{4})-?(\d\d?)-?(\d\d?)", head["date"]):
        root["DT"] = [f"{date[1]}-{int(date[2]):02}-{int(date[3]):02}"]
    if result := _result(head.get("result", "")):
        root["RE"] = [result]
    moves = [found for line in said if (found := MOVE.match(line))]
    return [root, *({found[1]: [_point(found[2], found[3], rules)]} for found in moves)]


def _number(said: str, otherwise: int) -> int:
    found = re.match(r"-?\d{1,3}", said)
    return int(found[0]) if found else otherwise


def _read_players(head: Mapping[str, str], root: Properties) -> None:
    for line, name, rank in (("white", "PW", "WR"), ("black", "PB", "BR")):
        words = head[line].split()
        if not words:
            continue
        root[name] = [escaped(" ".join(words[:-1]) or words[0])]
        if len(words) > 1:
            for written, meant in RANKS:
                words[-1] = words[-1].replace(written, meant)
            root[rank] = [escaped(words[-1])]
    if head.get("place"):
        root["PC"] = [escaped(head["place"])]


def _result(said: str) -> str:
    """A result such as "Black wins by 0.5!" as SGF writes it."""
    winner = re.search(r"(black|white) (win|lose)", said, re.IGNORECASE)
    if winner is None:
        return ""
    is_black = (winner[1].lower() == "black") == (winner[2].lower() == "win")
    points = re.search(r"\d+(?:\.\d+)?", said)
    how = "R" if "resign" in said else "T" if "time" in said else points[0] if points else ""
    return f"{'B' if is_black else 'W'}+{how}"


def _point(column: str, row: str, rules: Rules) -> str:
    x, y = ord(column.upper()) - ord("B"), ord(row.upper()) - ord("B")
    on_board = 0 <= x < rules.width and 0 <= y < rules.height
    return LETTERS[x] + LETTERS[y] if on_board else ""
