"""UGF and UGI, the formats of Pandanet: sections of lines.

[Header] says what the game is, [Data] has its stones: POINT,COLOUR,NUMBER,TIME. Stones of number 0
are set up. Columns are letters from the left; so are rows, from the bottom where CoordinateType is
IGS, else from the top. What is not a point of the board is a pass. Comments stand in [Figure] and
[ReviewComment], by the number of their move. The variations of a review are left out.
"""

import re
from collections.abc import Sequence

from insei.engine.rules import MAX_SIDE
from insei.engine.sgf.points import LETTERS
from insei.engine.sgf.writer import Properties, escaped

STONE = re.compile(r"(\S)(\S),\s*([BWbw])[^,]*,\s*(\d+)")
COMMENT = re.compile(r"\.(Text|Comment),\s*(\d+)", re.IGNORECASE)
TEXTS = {"place": "PC", "copyright": "CP", "writer": "SO", "title": "GN", "rules": "RU"}
RULES = {"JPN": "Japanese", "CHN": "Chinese", "KOR": "Korean"}
HOW = {"C": "R", "T": "T", "O": ""}  # how a game was won, if not by points


def ugf_nodes(lines: Sequence[str]) -> list[Properties]:
    """The nodes of a game by the lines of its file."""
    root: Properties = {"FF": ["4"], "CA": ["UTF-8"], "GM": ["1"], "SZ": ["19"]}
    sections = _sections(lines)
    header = {
        key.strip().lower(): value.strip()
        for key, sign, value in (line.partition("=") for line in sections.get("header", ()))
        if sign
    }
    _read_header(header, root)
    side = int(root["SZ"][0])
    from_bottom = header.get("coordinatetype", "").upper() == "IGS"
    nodes, numbers = [root], {0: root}
    for line in sections.get("data", ()):
        stone = STONE.match(line)
        if stone is None:
            continue
        column, row, colour, number = stone.groups()
        point = _point(column, row, side, from_bottom)
        if int(number):
            nodes.append({colour.upper(): [point]})
            numbers[int(number)] = nodes[-1]
        elif point:
            root.setdefault("A" + colour.upper(), []).append(point)
    for section in ("figure", "reviewcomment"):
        _read_comments(sections.get(section, ()), numbers)
    return nodes


def _sections(lines: Sequence[str]) -> dict[str, list[str]]:
    """The lines of each section, by its name in small letters."""
    sections: dict[str, list[str]] = {}
    present: list[str] = []
    for line in lines:
        if title := re.fullmatch(r"\s*\[(\w+)\]\s*", line):
            present = sections.setdefault(title[1].lower(), [])
        elif line.strip():
            present.append(line.strip())
    return sections


def _read_header(header: dict[str, str], root: Properties) -> None:
    if re.fullmatch(r"\d{1,2}", header.get("size", "")) and 0 < int(header["size"]) <= MAX_SIDE:
        root["SZ"] = [header["size"]]
    for key, name, rank in (("playerb", "PB", "BR"), ("playerw", "PW", "WR")):
        words = header.get(key, "").split(",")
        root |= {
            sgf: [escaped(word)] for sgf, word in zip((name, rank), words, strict=False) if word
        }
    handicap, _, komi = header.get("hdcp", "").partition(",")
    if handicap.isdecimal() and int(handicap) > 1:
        root["HA"] = [str(int(handicap))]
    if komi:
        root["KM"] = [escaped(komi)]
    winner, _, how = header.get("winner", "").partition(",")
    if winner in ("B", "W"):
        root["RE"] = [f"{winner}+{HOW.get(how, how)}"]
    elif winner == "D":
        root["RE"] = ["Draw"]
    if header.get("date"):
        root["DT"] = [escaped(header["date"].split(",")[0].replace("/", "-"))]
    if header.get("rule"):
        root["RU"] = [escaped(RULES.get(header["rule"].upper(), header["rule"]))]
    for key, name in TEXTS.items():
        if header.get(key):
            root[name] = [escaped(header[key])]


def _read_comments(lines: Sequence[str], numbers: dict[int, Properties]) -> None:
    """Add the comments of a section to the nodes of their moves."""
    node: Properties | None = None
    for line in lines:
        if head := COMMENT.match(line):
            behind = 1 if head[1].lower() == "comment" else 0  # a review counts from 1
            node = numbers.get(int(head[2]) - behind)
        elif line.lower().startswith(".endtext"):
            node = None
        elif node is not None and not line.startswith("."):
            said = node.get("C", [""])[0]
            node["C"] = [said + "\n" * bool(said) + escaped(line)]


def _point(column: str, row: str, side: int, from_bottom: bool) -> str:
    x, y = ord(column.upper()) - ord("A"), ord(row.upper()) - ord("A")
    if not (0 <= x < side and 0 <= y < side):
        return ""
    return LETTERS[x] + LETTERS[side - 1 - y if from_bottom else y]
