"""The dial: from a beginner to full strength, by one number.

Weak levels are the net without a search, whose moves are drawn from its softened policy: they err
as people do, by a move that looks good. Strong levels search, the more the higher.
"""

from dataclasses import dataclass

from agents.find_package import shipped_players

STRONGEST = 9


@dataclass(frozen=True)
class Level:
    """One notch of the dial."""

    number: int
    form: str  # of the player's name, with NET in place of the net's
    words: str

    def player(self, net: str) -> str:
        """The player, by the grammar."""
        return self.form.replace("NET", net)


LEVELS = tuple(
    Level(number, form, words)
    for number, (form, words) in enumerate(
        [
            ("net:NET,temperature=3", "a beginner: plays whatever comes to mind"),
            ("net:NET,temperature=1.5", "a beginner who has seen some games"),
            ("net:NET,temperature=0.8", "careless"),
            ("net:NET,temperature=0.4", "plays by feel, and now and then carelessly"),
            ("net:NET", "plays by feel: the net's first thought"),
            ("search:NET,rule=puct,visits=25,resign=0.03", "looks before it plays"),
            ("search:NET,rule=puct,visits=100,resign=0.03", "reads"),
            ("search:NET,rule=puct,visits=400,resign=0.02", "reads well"),
            ("search:NET,rule=puct,visits=1600,resign=0.02", "full strength"),
        ],
        1,
    )
)


def net_for(size: int) -> str:
    """The shipped net that knows boards of this side best: the largest that is not larger.

    Raises:
        ValueError: no net is shipped.
    """
    sides = sorted(
        (int(name.removeprefix("go")), name)
        for name in shipped_players()
        if name.removeprefix("go").isdigit()
    )
    if not sides:
        raise ValueError("no net comes with this installation: wanted agents/players")
    fitting = [name for side, name in sides if side <= size]
    return fitting[-1] if fitting else sides[0][1]


def opponent_named(text: str, size: int) -> str:
    """A player by the grammar, given its name there or a level's number.

    Raises:
        ValueError: a number that is no level.
    """
    if not text.strip().isdigit():
        return text.strip()
    number = int(text)
    if not 1 <= number <= STRONGEST:
        raise ValueError(f"level {number}: wanted 1 to {STRONGEST}")
    return LEVELS[number - 1].player(net_for(size))
