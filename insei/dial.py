"""The dial: the players that are the levels of each board, weakest first.

`NETS` says which net is at home on which boards. To add a rated net, add its line there and its
ratings to `tournament/ladders/`. Boards without a net have handwritten players alone.
"""

from dataclasses import dataclass

# In the name of a player.
NET, STRONGEST_NET, TIME = "{net}", "{strongest}", "{time}"


@dataclass(frozen=True)
class Step:
    """A level, by the player's name and what it plays like."""

    player: str
    description: str


@dataclass(frozen=True)
class NetBoards:
    """The boards on which a net is at home."""

    smallest: int
    largest: int
    net: str
    strongest: str  # the net of the last level
    seconds: int = 0  # a move of the last two levels takes at most; 0: as long as its visits take


# On 5x5 and 7x7 go5to9 beats go5 and go7 (docs/experiments.md). The ladders rate these nets.
NETS = (
    NetBoards(5, 8, "go5to9", "go5to9"),
    NetBoards(9, 9, "go9", "go9-6b64"),
    NetBoards(19, 19, "go19", "go19", seconds=3),  # not rated yet
)
BEGINNERS = (
    Step("random", "plays anywhere"),
    Step("capture", "takes what it can take, and knows nothing else"),
    Step("influence", "likes big moves, and sees no answer"),
)
LEARNED = (
    Step(f"net:{NET},temperature=3", "a beginner: plays whatever comes to mind"),
    Step(f"net:{NET},temperature=1.5", "has seen some games"),
    Step(f"net:{NET},temperature=0.8", "careless"),
    Step(f"net:{NET}", "plays by feel: the net's first thought"),
    Step(f"search:{NET},rule=puct,visits=8,resign=0.03", "looks before it plays"),
    Step(f"search:{NET},rule=puct,visits=40,resign=0.03", "looks about"),
    Step(f"search:{NET},rule=puct,visits=100,resign=0.03", "reads"),
    Step(f"search:{NET},rule=puct,visits=400{TIME},resign=0.02", "reads well"),
    Step(f"search:{STRONGEST_NET},rule=puct,visits=1600{TIME},resign=0.02", "full strength"),
)
HANDWRITTEN = (
    Step("uct:playouts=50", "tries a few games in its head"),
    Step("uct:playouts=200", "tries some games in its head"),
    Step("uct:playouts=800", "tries many games in its head"),
    Step("uct:playouts=3200", "tries thousands of games in its head"),
    Step("uct:playouts=12800", "full strength without a net"),
)


def boards_of(size: int) -> NetBoards | None:
    """The net at home on boards of this side; None if there is none."""
    return next((row for row in NETS if row.smallest <= size <= row.largest), None)


def nearest_boards(size: int) -> NetBoards:
    """The net whose boards are nearest to this side."""
    return min(NETS, key=lambda row: max(row.smallest - size, size - row.largest, 0))


def steps_on(size: int) -> tuple[Step, ...]:
    """The levels on boards of this side, weakest first."""
    row = boards_of(size)
    if row is None:
        return BEGINNERS + HANDWRITTEN
    names = {
        "net": row.net,
        "strongest": row.strongest,
        "time": f",seconds={row.seconds}" if row.seconds else "",
    }
    return BEGINNERS + tuple(
        Step(step.player.format(**names), step.description) for step in LEARNED
    )
