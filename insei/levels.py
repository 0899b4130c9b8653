"""The levels of `insei play`: by number, weakest first, on the board that is played.

The players are in `dial.py`, the ratings in `tournament/ladders/`, the ranks in `ranks.py`.
"""

from dataclasses import dataclass
from functools import cache

from insei.agents.grammar import net_of
from insei.agents.net.find_package import find_package, shipped_players
from insei.agents.net.package import read_card
from insei.dial import boards_of, nearest_boards, steps_on
from insei.engine.rules import MAX_SIDE, Rules
from insei.opponents import typed_player
from insei.ranks import Rank, rank_on, rated_on, rating_text
from insei.system.errors import UserError
from insei.tournament.ladder import ladder_sizes


@dataclass(frozen=True)
class Level:
    """A level on one board."""

    number: int  # 1 for the weakest
    player: str  # by the grammar
    description: str
    rank: Rank | None  # an estimate; None where nothing was rated


@cache  # the client asks at each redraw
def levels_on(size: int) -> tuple[Level, ...]:
    """The levels of boards of this side, weakest first.

    Raises:
        UserError: their net is not shipped.
    """
    if row := boards_of(size):
        _shipped(row.net)
        _shipped(row.strongest)
    return tuple(
        Level(number, step.player, step.description, rank_on(step.player, size))
        for number, step in enumerate(steps_on(size), 1)
    )


def level_numbered(number: int, size: int) -> Level:
    """The level of this number on boards of this side.

    Raises:
        UserError: there is no such level, or its net is not shipped.
    """
    levels = levels_on(size)
    if not 1 <= number <= len(levels):
        raise UserError(f"level {number}: wanted 1 to {len(levels)} on {size}x{size}")
    return levels[number - 1]


def level_of(player: str, size: int) -> Level | None:
    """The level that a player is on boards of this side, if it is one."""
    return next((level for level in levels_on(size) if level.player == player), None)


def net_for(size: int) -> str:
    """The shipped net that knows boards of this side best, and is quick.

    Raises:
        UserError: it is not shipped.
    """
    return _shipped(nearest_boards(size).net)


def strongest_net_for(size: int) -> str:
    """The shipped net that won matches on boards of this side.

    Raises:
        UserError: it is not shipped.
    """
    return _shipped(nearest_boards(size).strongest)


@cache
def _shipped(name: str) -> str:
    if name not in shipped_players():
        raise UserError(f"{name} does not come with this installation: wanted agents/players")
    return name


def opponent_named(text: str, size: int) -> str:
    """The name of a player by the grammar, from what was typed: that name, a level, a program.

    Raises:
        UserError: there is no such level or program, or its net is not shipped.
    """
    text = typed_player(text)
    return level_numbered(int(text), size).player if text.isdecimal() else text


def display_name(player: str, size: int) -> str:
    """A player's level, if it is one and has no plain word for a name, else its name."""
    level = level_of(player, size)
    return player if level is None or player.isalpha() else f"level {level.number}"


def knows_board(net: str, rules: Rules) -> bool:
    """Whether a net learned with boards of this size.

    Raises:
        UserError: the net is missing, or its package is damaged.
    """
    return read_card(find_package(net)).komi_on(rules.size_name) is not None


def level_on(player: str, size: int, other: int) -> str:
    """The player of the same level on another size of board, or of the strongest level there.

    Other players stay as they are.

    Raises:
        UserError: its net is not shipped.
    """
    level = level_of(player, size)
    if level is None or display_name(player, size) == player:
        return player
    return level_numbered(min(level.number, len(levels_on(other))), other).player


def with_net(template: str, size: int) -> str:
    """A player by the grammar, with NET replaced by the strongest net for this size.

    Raises:
        UserError: it is not shipped.
    """
    return template.replace("NET", strongest_net_for(size)) if "NET" in template else template


def net_text(size: int) -> str:
    """The boards and komi that the net of a size learned with, and whether it knows this size.

    Raises:
        UserError: no net is shipped, or its package is damaged.
    """
    name = net_for(size)
    card = read_card(find_package(name))
    board = f"{size}x{size}"
    learned = ", ".join(card.sizes) or f"{card.width}x{card.height}"
    komi = card.komi_on(board)
    if komi is not None:
        return f"{name} learned on {learned}, komi around {komi:g} on {board}."
    return (
        f"No net knows {board}: the levels are handwritten players, and {name}, which judges "
        f"positions, learned on {learned} and is weaker there."
    )


def notes_on(player: str, rules: Rules) -> list[str]:
    """What the user should know if the scoring is new to a player's net.

    Raises:
        UserError: the net is missing, or its package is damaged.
    """
    notes = []
    net = net_of(player)
    if net and (card := read_card(find_package(net))).scoring != rules.scoring:
        harm = ": moves in its own territory now cost it points" if card.scoring == "area" else ""
        notes.append(f"{net} learned under {card.scoring} scoring, not {rules.scoring}{harm}.")
    return notes


def analyst_notes(rules: Rules) -> list[str]:
    """What the user should know if the board is new to the net of hints, graph and dead stones.

    Raises:
        UserError: the net is missing, or its package is damaged.
    """
    return [] if knows_board(net_for(rules.width), rules) else [net_text(rules.width)]


def level_description(opponent: str, size: str) -> str:
    """A typed level's description, rank and rating on a typed size; empty for other players."""
    opponent, size = opponent.strip(), size.strip()
    if not (opponent.isdecimal() and size.isdecimal() and 1 <= int(size) <= MAX_SIDE):
        return ""
    levels = levels_on(int(size))
    if not 1 <= int(opponent) <= len(levels):
        return f"levels 1 to {len(levels)} on {size}x{size}"
    level = levels[int(opponent) - 1]
    rank = f"; {level.rank.text()}" if level.rank else ""
    return f"{level.number} of {len(levels)}: {level.description}{rank}"


def level_lines(size: int) -> list[str]:
    """The levels with their ranks and ratings on that size, a line for each.

    Raises:
        UserError: no net is shipped.
    """
    lines = [f"Levels on {size}x{size}. {net_text(size)}", ""]
    for level in levels_on(size):
        rank = level.rank.text() if level.rank else "no rank"
        rating = rating_text(level.player, size)
        lines.append(
            f"{level.number:>2}  {rank:24}  {rating:10}  {level.description} ({level.player})"
        )
    lines += ["", "Ranks are estimates: docs/ladder.md says from what."]
    if rated_on(size):
        lines += [f"Elo with 95 % intervals on {size}x{size}, random at 0."]
    else:
        sizes = ", ".join(f"{side}x{side}" for side in ladder_sizes())
        lines += [f"Levels are rated on {sizes} alone."]
    return [
        *lines,
        "`insei play 7` is a game with level 7. docs/players.md lists the names of other players.",
    ]
