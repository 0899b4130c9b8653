"""What a player is made of: lines of code written by hand, numbers that were learned.

Lines are those of all modules that a player's own imports, those in turn, and their headers in C;
blank ones, comments and docstrings are left out. The engine's rules and board, on which all players
stand, count for none; nor does what reads names and files.
"""

import io
import re
import tokenize
from dataclasses import dataclass
from pathlib import Path

from insei.agents.net.architecture import NetworkConfig
from insei.agents.player import Player
from insei.agents.python_player import PythonPlayer
from insei.engine.planes.net_planes import NUM_PLANES
from insei.engine.rules import Rules

ROOT = Path(__file__).parents[2]
ROOTS = {  # by kind, where a player begins
    "random": "insei/agents/handwritten/random_player",
    "capture": "insei/agents/handwritten/capture",
    "influence": "insei/agents/handwritten/influence",
    "alphabeta": "insei/agents/handwritten/alphabeta",
    "uct": "insei/agents/handwritten/uct",
    "net": "insei/agents/net/net_player",
    "search": "insei/agents/search/search_player",
}
# Of the engine, what only some players see of it; the rest is rules and board.
SIGHTS = {
    "insei/engine/planes/net_planes",
    "insei/engine/reading/liberties",
    "insei/engine/reading/benson",
    "insei/engine/reading/ladders",
}
# What seats a player, names it, or reads its files.
SEATS = {"insei/agents/player", "insei/agents/net/package"}
IMPORT = re.compile(r"^ *(?:from|c?import) (insei\.(?:agents|engine)(?:\.\w+)+)", re.MULTILINE)
HEADER = re.compile(r'^cdef extern from "(insei/(?:agents|engine)/[\w/]+\.h)"', re.MULTILINE)
UNITS = {
    "capture": "points weighed",
    "influence": "boards judged",
    "alphabeta": "positions read",
    "uct": "playouts",
    "net": "evaluations",
    "search": "evaluations",
}


@dataclass(frozen=True)
class Anatomy:
    """A player's parts."""

    unit: str  # what one of its operations is
    lines: int  # written by hand; 0 where the source isn't here
    parameters: int  # learned
    multiply_adds: int  # of one operation, where that is a net's; else 0


def anatomy_of(player: Player, rules: Rules) -> Anatomy:
    """What a player is made of, and what an operation costs on a board of these rules."""
    kind = player.name.partition(":")[0]
    lines = sum(code_lines(ROOT / name) for name in modules_of(kind))
    if isinstance(player, PythonPlayer):
        lines = code_lines(player.file)
    package = getattr(player, "package", None)
    cost = multiply_adds(package.card.architecture, rules.num_points) if package else 0
    return Anatomy(UNITS.get(kind, "moves"), lines, player.num_parameters, cost)


def modules_of(kind: str) -> list[str]:
    """The files that a kind of player is written in, as paths below the root."""
    found: set[str] = set()
    waiting = [ROOTS[kind]] if kind in ROOTS else []
    while waiting:
        stem = waiting.pop()
        files = [
            f"{stem}{end}" for end in (".py", ".pyx", ".pxd") if (ROOT / (stem + end)).is_file()
        ]
        if not files or files[0] in found:
            continue
        found |= set(files)
        for name in files:
            source = (ROOT / name).read_text(encoding="utf-8")
            found |= set(HEADER.findall(source))
            for module in IMPORT.findall(source):
                other = module.replace(".", "/")
                is_engine = other.startswith("insei/engine/")
                if other not in SEATS and (not is_engine or other in SIGHTS):
                    waiting.append(other)
    return sorted(found)


def multiply_adds(config: NetworkConfig, area: int) -> int:
    """Of one evaluation on a board of `area` points, the convolutions' alone."""
    tower = config.blocks * 2 * config.channels**2 * 9 + NUM_PLANES * config.channels * 9
    heads = 2 * config.channels * config.head_channels
    return (tower + heads) * area


def code_lines(path: Path) -> int:
    """Lines of Python, Cython or C that hold code; 0 where there is no such file."""
    if not path.is_file():
        return 0
    source = path.read_text(encoding="utf-8")
    if path.suffix == ".h":
        source = re.sub(r"/\*.*?\*/", "", source, flags=re.DOTALL)
        return sum(1 for line in source.splitlines() if line.strip())
    return len(lines_with_code(source))


def lines_with_code(source: str) -> set[int]:
    """The numbers of the lines that hold more than a comment or a docstring."""
    idle = {tokenize.COMMENT, tokenize.NL, tokenize.INDENT, tokenize.DEDENT, tokenize.ENCODING}
    found: set[int] = set()
    statement: list[tokenize.TokenInfo] = []
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type in (tokenize.NEWLINE, tokenize.ENDMARKER):
            if [one.type for one in statement] != [tokenize.STRING]:  # a string alone is prose
                for one in statement:
                    found |= set(range(one.start[0], one.end[0] + 1))
            statement = []
        elif token.type not in idle:
            statement.append(token)
    return found
