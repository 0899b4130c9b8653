"""The levels: players from a beginner to full strength, by a number from 1 to 9.

Levels 1 to 4 are a net without a search. Below level 4 its moves are drawn from a softened policy,
so that mistakes look like a person's. Higher levels search with more and more visits.
"""

from dataclasses import dataclass
from functools import cache

from insei.agents.grammar import net_of
from insei.agents.net.find_package import find_package, shipped_players
from insei.agents.net.package import read_card
from insei.engine.rules import MAX_SIDE, Rules
from insei.opponents import typed_player
from insei.system.errors import UserError
from insei.tournament.ladder import Ladder, ladder_sizes, read_ladder

STRONGEST = 9


@dataclass(frozen=True)
class Level:
    """A level: a player for each size of board."""

    number: int
    template: str  # of the player's name, with NET for the name of the net
    description: str

    def player(self, size: int) -> str:
        """The name of the player on boards of this side, by the grammar.

        Raises:
            UserError: its net is not shipped.
        """
        net = strongest_net_for(size) if self.number == STRONGEST else net_for(size)
        return self.template.replace("NET", net)


LEVELS = tuple(
    Level(number, template, description)
    for number, (template, description) in enumerate(
        [
            ("net:NET,temperature=3", "a beginner: plays whatever comes to mind"),
            ("net:NET,temperature=1.5", "a beginner who has seen some games"),
            ("net:NET,temperature=0.8", "careless"),
            ("net:NET", "plays by feel: the net's first thought"),
            ("search:NET,rule=puct,visits=8,resign=0.03", "looks before it plays"),
            ("search:NET,rule=puct,visits=40,resign=0.03", "looks about"),
            ("search:NET,rule=puct,visits=100,resign=0.03", "reads"),
            ("search:NET,rule=puct,visits=400,resign=0.02", "reads well"),
            ("search:NET,rule=puct,visits=1600,resign=0.02", "full strength"),
        ],
        1,
    )
)


def net_for(size: int) -> str:
    """The shipped net of levels 1 to 8 on boards of this side.

    Raises:
        UserError: it is not shipped.
    """
    # On 5x5 and 7x7 go5to9 beats go5 and go7 (docs/experiments.md). The ladders rate these nets.
    return _shipped("go5to9" if size < 9 else "go9")


def strongest_net_for(size: int) -> str:
    """The shipped net of level 9: the one that won matches on boards of this side.

    Raises:
        UserError: it is not shipped.
    """
    return _shipped("go9-6b64") if size == 9 else net_for(size)


@cache  # the client asks for each level at each redraw
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
    if not text.isdecimal():
        return text
    number = int(text)
    if not 1 <= number <= STRONGEST:
        raise UserError(f"level {number}: wanted 1 to {STRONGEST}")
    return LEVELS[number - 1].player(size)


def display_name(player: str, size: int) -> str:
    """A player's level, if it has one, else its name."""
    if not net_of(player):
        return player
    numbers = (level.number for level in LEVELS if level.player(size) == player)
    number = next(numbers, None)
    return player if number is None else f"level {number}"


def level_on(player: str, size: int, other: int) -> str:
    """The player of the same level on another size of board; other players stay as they are.

    Raises:
        UserError: its net is not shipped.
    """
    name = display_name(player, size)
    return player if name == player else opponent_named(name.removeprefix("level "), other)


def with_net(template: str, size: int) -> str:
    """A player by the grammar, with NET replaced by the strongest net for this size.

    Raises:
        UserError: it is not shipped.
    """
    return template.replace("NET", strongest_net_for(size)) if "NET" in template else template


def net_text(size: int) -> str:
    """The boards and komi that the levels' net learned with, and whether it knows this size.

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
    weaker = f"it can play {board}, which it has never seen, and is weaker there"
    return f"{name} learned on {learned}; {weaker}."


def notes_on(player: str, rules: Rules) -> list[str]:
    """What the user should know if the board or the scoring is new to a player's net.

    Raises:
        UserError: the net is missing, or its package is damaged.
    """
    net = net_of(player)
    if not net:
        return []
    card = read_card(find_package(net))
    notes = []
    is_level = display_name(player, rules.width) != player
    if is_level and card.komi_on(rules.size_name) is None:
        notes.append(net_text(rules.width))
    if card.scoring != rules.scoring:
        harm = ": moves in its own territory now cost it points" if card.scoring == "area" else ""
        notes.append(f"{net} learned under {card.scoring} scoring, not {rules.scoring}{harm}.")
    return notes


def analyst_notes(rules: Rules) -> list[str]:
    """What the user should know if the board is new to the net of hints, graph and dead stones.

    Raises:
        UserError: the net is missing, or its package is damaged.
    """
    card = read_card(find_package(net_for(rules.width)))
    known = card.komi_on(rules.size_name) is not None
    return [] if known else [f"Hints, graph and dead stones: {net_text(rules.width)}"]


def ladder_for(size: int) -> Ladder | None:
    """The ladder of a size; None if there is none."""
    return read_ladder(size) if size in ladder_sizes() else None


def rating_text(player: str, ladder: Ladder | None) -> str:
    """A rating with its 95 % interval."""
    rung = ladder.elo_of(player) if ladder else None
    if rung is None:
        return "not rated"
    return f"{rung.elo:+.0f} ±{(rung.high - rung.low) / 2:.0f}"


def level_description(opponent: str, size: str) -> str:
    """A typed level's description, and its rating on a typed size; empty for other players."""
    opponent, size = opponent.strip(), size.strip()
    if not (opponent.isdecimal() and 1 <= int(opponent) <= STRONGEST):
        return ""
    level = LEVELS[int(opponent) - 1]
    if not (size.isdecimal() and 1 <= int(size) <= MAX_SIDE):
        return level.description
    rating = rating_text(level.player(int(size)), ladder_for(int(size)))
    return f"{level.description}; {rating}{' Elo' if rating[0] == '+' else ''}"


def level_lines(size: int) -> list[str]:
    """The levels with their ratings on that size, a line for each.

    Raises:
        UserError: no net is shipped.
    """
    ladder = ladder_for(size)
    lines = [f"Levels on {size}x{size}. {net_text(size)}", ""]
    for level in LEVELS:
        player = level.player(size)
        rating = rating_text(player, ladder)
        lines.append(f"{level.number}  {rating:10}  {level.description} ({player})")
    if ladder:
        lines += ["", f"Elo with 95 % intervals on {ladder.rules.size_name}, random at 0."]
    else:
        sizes = ", ".join(f"{side}x{side}" for side in ladder_sizes())
        lines += ["", f"Levels are rated on {sizes} alone."]
    return [
        *lines,
        "`insei play 7` is a game with level 7. docs/players.md lists the names of other players.",
    ]
