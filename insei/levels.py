"""The dial: from a beginner to full strength, by one number.

Weak levels are the net without a search, whose moves are drawn from its softened policy: they err
as people do, by a move that looks good. Strong levels search, the more the higher.
"""

from dataclasses import dataclass
from functools import cache

from insei.agents.grammar import net_of
from insei.agents.net.find_package import find_package, shipped_players
from insei.agents.net.package import read_card
from insei.engine.rules import MAX_SIDE, Rules
from insei.tournament.ladder import Ladder, ladder_sizes, read_ladder

STRONGEST = 9


@dataclass(frozen=True)
class Level:
    """One notch of the dial."""

    number: int
    form: str  # of the player's name, with NET in place of the net's
    words: str

    def player(self, size: int) -> str:
        """The player on boards of this side, by the grammar.

        Raises:
            ValueError: its net is not shipped.
        """
        net = strongest_net_for(size) if self.number == STRONGEST else net_for(size)
        return self.form.replace("NET", net)


LEVELS = tuple(
    Level(number, form, words)
    for number, (form, words) in enumerate(
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
    """The shipped net whose levels are rated on boards of this side, or come nearest to it.

    Raises:
        ValueError: it is not shipped.
    """
    # On 5x5 and 7x7 go5to9 beats go5 and go7 (docs/experiments.md); ladders are of these nets.
    return _shipped("go5to9" if size < 9 else "go9")


def strongest_net_for(size: int) -> str:
    """The shipped net that plays boards of this side best, as matches among them say.

    Raises:
        ValueError: it is not shipped.
    """
    return _shipped("go9-6b64") if size == 9 else net_for(size)


@cache  # asked for each level at each redraw of the client
def _shipped(name: str) -> str:
    if name not in shipped_players():
        raise ValueError(f"{name} does not come with this installation: wanted agents/players")
    return name


def opponent_named(text: str, size: int) -> str:
    """A player by the grammar, given its name there or a level's number.

    Raises:
        ValueError: a number that is no level, or no net is shipped.
    """
    if not text.strip().isdecimal():
        return text.strip()
    number = int(text)
    if not 1 <= number <= STRONGEST:
        raise ValueError(f"level {number}: wanted 1 to {STRONGEST}")
    return LEVELS[number - 1].player(size)


def called(player: str, size: int) -> str:
    """What people call a player: its level where it has one."""
    if not net_of(player):
        return player
    return next((f"level {one.number}" for one in LEVELS if one.player(size) == player), player)


def net_words(size: int) -> str:
    """How the levels' net for this size was trained, and what that means for the size.

    Raises:
        ValueError: no net is shipped, or its package is damaged.
    """
    name = net_for(size)
    card = read_card(find_package(name))
    own = f"{size}x{size}"
    boards = ", ".join(card.sizes) or f"{card.width}x{card.height}"
    komi = card.komi_on(own)
    if komi is not None:
        return f"{name} learned on {boards}, komi around {komi:g} on {own}."
    weaker = f"it can play {own}, which it has never seen, and is weaker there"
    return f"{name} learned on {boards}; {weaker}."


def notes_on(player: str, rules: Rules) -> list[str]:
    """What is to be known of a learned player on a board, or under a scoring, new to its net.

    Raises:
        ValueError: there is no such net, or its package is damaged.
    """
    net = net_of(player)
    if not net:
        return []
    card = read_card(find_package(net))
    notes = []
    is_level = called(player, rules.width) != player  # whose net we chose
    if is_level and card.komi_on(rules.size_name) is None:
        notes.append(net_words(rules.width))
    if card.scoring != rules.scoring:
        harm = ": moves in its own territory now cost it points" if card.scoring == "area" else ""
        notes.append(f"{net} learned under {card.scoring} scoring, not {rules.scoring}{harm}.")
    return notes


def ladder_for(size: int) -> Ladder | None:
    """The ladder of a size, if there is one."""
    return read_ladder(size) if size in ladder_sizes() else None


def rating_words(player: str, ladder: Ladder | None) -> str:
    """A rating with its interval, as it was measured."""
    rung = ladder.elo_of(player) if ladder else None
    if rung is None:
        return "not rated"
    return f"{rung.elo:+.0f} ±{(rung.high - rung.low) / 2:.0f}"


def level_words(opponent: str, size: str) -> str:
    """What there is to say of a level on a size, both as they are typed; empty for names."""
    opponent, size = opponent.strip(), size.strip()
    if not (opponent.isdecimal() and 1 <= int(opponent) <= STRONGEST):
        return ""
    level = LEVELS[int(opponent) - 1]
    if not (size.isdecimal() and 1 <= int(size) <= MAX_SIDE):
        return level.words
    rating = rating_words(level.player(int(size)), ladder_for(int(size)))
    return f"{level.words}; {rating}{' Elo' if rating[0] == '+' else ''}"


def level_lines(size: int) -> list[str]:
    """The dial, a line a level, with the ratings that were measured on that size.

    Raises:
        ValueError: no net is shipped.
    """
    ladder = ladder_for(size)
    lines = [f"Levels on {size}x{size}. {net_words(size)}", ""]
    for level in LEVELS:
        player = level.player(size)
        rating = rating_words(player, ladder)
        lines.append(f"{level.number}  {rating:10}  {level.words} ({player})")
    if ladder:
        lines += ["", f"Elo with 95 % intervals on {ladder.rules.size_name}, random at 0."]
    else:
        sizes = ", ".join(f"{one}x{one}" for one in ladder_sizes())
        lines += ["", f"Levels are rated on {sizes} alone."]
    return [*lines, "`insei play 7` is a game with level 7; other names are players, as in README."]
