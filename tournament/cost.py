"""What a player consists of: lines of code written by hand, and learned parameters.

The lines are those of the player's module and of all modules and C headers that it imports,
directly or not. Blank lines, comments and docstrings are not counted. The engine's rules and board,
which all players use, are not counted either, nor is the code that reads names and files.
"""

import io
import re
import tokenize
from dataclasses import dataclass
from pathlib import Path

from insei.agents.net.architecture import NetworkConfig
from insei.agents.player import Player
from insei.agents.python_player import PythonPlayer
from insei.engine.rules import Rules

ROOT = Path(__file__).parents[2]
ROOTS = {  # each kind of player's own module
    "random": "insei/agents/handwritten/random_player",
    "capture": "insei/agents/handwritten/capture",
    "influence": "insei/agents/handwritten/influence",
    "alphabeta": "insei/agents/handwritten/alphabeta",
    "uct": "insei/agents/handwritten/uct",
    "net": "insei/agents/net/net_player",
    "search": "insei/agents/search/search_player",
}
# Modules of the engine that only some players use; the others are rules and board.
COUNTED_OF_ENGINE = {
    "insei/engine/planes/net_planes",
    "insei/engine/reading/liberties",
    "insei/engine/reading/benson",
    "insei/engine/reading/ladders",
}
# Modules that name a player or read its files.
NOT_COUNTED = {"insei/agents/player", "insei/agents/net/package"}
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
class PlayerCost:
    """What a player consists of."""

    unit: str  # of its operations, as "playouts"
    lines: int  # written by hand; 0 if the source is not available
    parameters: int  # learned numbers
    multiply_adds: int  # of one evaluation; 0 if the player has no net


def cost_of_program(name: str) -> PlayerCost:
    """What is known of an external player that is not started: nothing but its name."""
    return PlayerCost(UNITS.get(name.partition(":")[0], "moves"), 0, 0, 0)


def cost_of(player: Player, rules: Rules) -> PlayerCost:
    """What a player consists of, and what an operation costs on a board of these rules."""
    kind = player.name.partition(":")[0]
    lines = sum(code_lines(ROOT / name) for name in modules_of(kind))
    if isinstance(player, PythonPlayer):
        lines = code_lines(player.file)
    package = getattr(player, "package", None)
    cost = multiply_adds(package.card.architecture, rules.num_points) if package else 0
    return PlayerCost(UNITS.get(kind, "moves"), lines, player.num_parameters, cost)


def modules_of(kind: str) -> list[str]:
    """The source files of a kind of player, as paths below the root."""
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
                if other not in NOT_COUNTED and (not is_engine or other in COUNTED_OF_ENGINE):
                    waiting.append(other)
    return sorted(found)


def multiply_adds(config: NetworkConfig, area: int) -> int:
    """Multiply-adds of one evaluation's convolutions on a board of `area` points."""
    tower = config.blocks * 2 * config.channels**2 * 9 + config.num_planes * config.channels * 9
    heads = 2 * config.channels * config.head_channels
    return (tower + heads) * area


def code_lines(path: Path) -> int:
    """Lines of Python, Cython or C that hold code; 0 if there is no such file."""
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
            if [part.type for part in statement] != [tokenize.STRING]:  # else a docstring
                for part in statement:
                    found |= set(range(part.start[0], part.end[0] + 1))
            statement = []
        elif token.type not in idle:
            statement.append(token)
    return found
