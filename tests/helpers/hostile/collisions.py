"""Games in which a legal move leads to the hash of an earlier, different board.

The keys are linear: a board's hash is the exclusive or of its stones' keys. So stones that do not
touch are chosen by Gaussian elimination over GF(2) until the hash is what it should be. The keys
are read from boards of one stone; nothing here depends on their values.
"""

import numpy as np

from insei.engine.position import Position
from insei.engine.rules import BLACK, WHITE, opponent
from insei.engine.vertex import move_of

# White loses two stones in the corner and one in a ko that it takes back. White's own retaking is a
# capture on a point that White had lost, after which the engine looks every such point up.
AFTER_CAPTURES = {
    "before": [
        "w A19", "b A18", "w B19", "b B18",  # the corner
        "b K19", "w L19", "b J18", "w M18", "b K17", "w L17", "w K18",  # the ko
        "b C19", "w T19", "b L18", "w T18", "b S18", "w K18",
    ],
    "stay": "bA18 bB18 bC19 bK19 bJ18 bK17 wL19 wM18 wL17 wK18 wT19 wT18 bS18",
    "last": "w A19",
    "adds": "wA19",
}  # fmt: skip

# White's suicide of two stones in a corner.
SUICIDE = {
    "before": ["w A19", "b A18", "b B18", "b C19"],
    "stay": "bA18 bB18 bC19",
    "last": "w B19",
    "adds": "",
}

COLOURS = {"b": BLACK, "w": WHITE}


def key_of(rules, colour, move):
    """The key of a stone, which is the hash of its board."""
    board = np.zeros((rules.height, rules.width), np.uint8)
    board.flat[move] = colour
    return Position(rules, board).hash


def chosen_stones(stones, keys, wanted):
    """Stones whose keys' exclusive or is `wanted`."""
    basis = {}  # by highest bit: a number, and the stones it is made of as a bit mask
    for i, key in enumerate(keys):
        made = 1 << i
        while key:
            high = key.bit_length()
            if high not in basis:
                basis[high] = key, made
                break
            key, made = key ^ basis[high][0], made ^ basis[high][1]
    taken = 0
    while wanted:
        other, made = basis[wanted.bit_length()]
        wanted, taken = wanted ^ other, taken ^ made
    return [stone for i, stone in enumerate(stones) if taken >> i & 1]


def collision(rules, kind):
    """A legal game on 19x19, and the legal move after which the hash is the empty board's.

    Args:
        rules: 19x19; suicide must be legal where `kind` is SUICIDE.
        kind: AFTER_CAPTURES or SUICIDE.

    Returns:
        the position, White to play, and the move.
    """
    stay = [(COLOURS[word[0]], move_of(word[1:], rules)) for word in kind["stay"].split()]
    stay += [(COLOURS[word[0]], move_of(word[1:], rules)) for word in kind["adds"].split()]
    rest = 0
    for colour, move in stay:
        rest ^= key_of(rules, colour, move)
    # Points that touch neither each other nor the corner and the ko, colours by turns.
    points = [19 * row + column for row in range(4, 19, 2) for column in range(0, 19, 2)]
    stones = [(BLACK if i % 2 else WHITE, point) for i, point in enumerate(points)]
    chosen = chosen_stones(stones, [key_of(rules, *stone) for stone in stones], rest)
    plan = by_turns(chosen)
    plan += [(COLOURS[word[0]], move_of(word[2:], rules)) for word in kind["before"]]
    position = Position(rules)
    for colour, move in plan:
        position = played_by(position, colour, move)
    if position.to_play == BLACK:
        position.play_in_place(rules.pass_move)
    return position, move_of(kind["last"][2:], rules)


def by_turns(stones):
    """The stones with colours alternating as long as there are both."""
    black, white = ([stone for stone in stones if stone[0] == colour] for colour in (BLACK, WHITE))
    pairs = [stone for pair in zip(black, white, strict=False) for stone in pair]
    return pairs + black[len(white) :] + white[len(black) :]


def played_by(position, colour, move):
    """The position after the colour's move; the other side passes if it is its turn."""
    if position.to_play != colour:
        assert position.to_play == opponent(colour)
        position = position.play(position.rules.pass_move)
    return position.play(move)
