"""GIB, the format of Tygem: lines of `\\[KEY=value\\]`, then moves.

INI 0 1 HANDICAP names the handicap; STO 0 NUMBER COLOUR X Y is a move, COLOUR 1 for Black, X and Y
from 0 at the top left; SKI is a pass.
"""

import re
from collections.abc import Sequence

from insei.engine.handicap import fixed_handicap
from insei.engine.rules import Rules
from insei.engine.sgf.points import LETTERS, written_move
from insei.engine.sgf.writer import Properties, escaped

SIZE = 19
HEADER = re.compile(r"\\\[([A-Z]+)=(.*?)(?:\\\])?$")
PLAYER = re.compile(r"(.*?)\s*\(([^()]*)\)")
RESULTS = {"3": "B+R", "4": "W+R", "7": "B+T", "8": "W+T"}
WINNERS = {"0": "B", "1": "W"}  # by points
COLOURS = {"1": "B", "2": "W"}


def gib_nodes(lines: Sequence[str]) -> list[Properties]:
    """The nodes of a game by the lines of its file."""
    root: Properties = {"FF": ["4"], "CA": ["UTF-8"], "GM": ["1"], "SZ": [str(SIZE)]}
    nodes = [root]
    for line in map(str.strip, lines):
        words = line.split()
        if header := HEADER.match(line):
            _read_header(header[1], header[2], root)
        elif words and words[0] == "INI" and len(words) > 3:
            _place_handicap(words[3], root)
        elif words and words[0] in ("STO", "SKI") and len(words) > 3:
            colour = COLOURS.get(words[3])
            if colour:
                nodes.append({colour: [_point(words) if words[0] == "STO" else ""]})
    return nodes


def _point(words: list[str]) -> str:
    """The point of a STO line; a pass if it is not on the board."""
    if len(words) < 6 or not (words[4].isdecimal() and words[5].isdecimal()):
        return ""
    column, row = int(words[4]), int(words[5])
    return LETTERS[column] + LETTERS[row] if column < SIZE and row < SIZE else ""


def _place_handicap(said: str, root: Properties) -> None:
    if not said.isdecimal() or not 2 <= int(said) <= 9:
        return
    rules = Rules(SIZE, SIZE)
    root["HA"] = [said]
    root["AB"] = [written_move(point, rules) for point in fixed_handicap(rules, int(said))]


def _read_header(key: str, value: str, root: Properties) -> None:
    if key in ("GAMEBLACKNAME", "GAMEWHITENAME"):
        name, rank = ("PB", "BR") if key == "GAMEBLACKNAME" else ("PW", "WR")
        player = PLAYER.fullmatch(value)
        root[name] = [escaped(player[1] if player else value)]
        if player:
            root[rank] = [escaped(player[2])]
    elif key in ("GAMEINFOMAIN", "GAMETAG"):
        _read_facts(value, root, is_main=key == "GAMEINFOMAIN")
    elif key == "GAMEDATE" and (date := re.match(r"(\d{4})-\s*(\d+)-\s*(\d+)", value)):
        root["DT"] = [f"{date[1]}-{int(date[2]):02}-{int(date[3]):02}"]
    elif key == "GAMEPLACE" and value:
        root["PC"] = [escaped(value)]


def _read_facts(value: str, root: Properties, is_main: bool) -> None:
    """Komi and result, in tenths of a point: GONGJE, GRLT and ZIPSU, or G, W and Z of the tag."""
    names = ("GONGJE:", "GRLT:", "ZIPSU:") if is_main else ("G", "W", "Z")
    found = [re.search(rf"(?:^|,){name}(\d+)", value) for name in names]
    komi, result, points = (one[1] if one else "" for one in found)
    if komi and "KM" not in root:
        root["KM"] = [f"{int(komi) / 10:.1f}"]
    if result in RESULTS:
        root.setdefault("RE", [RESULTS[result]])
    elif result in WINNERS and points:
        root.setdefault("RE", [f"{WINNERS[result]}+{int(points) / 10:g}"])
