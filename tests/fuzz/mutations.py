"""Inputs made from seeds, without atheris: equal numbers give equal inputs."""

import random
from pathlib import Path

SEEDS = Path(__file__).parent / "seeds"
LONGEST = 20_000
ODD = (b"-1", b"99999999999999999999", b"1e999", b"NaN", b"\x00", b"\xff\xfe", b"[]")


def seeds_of(name):
    """The committed inputs of a harness, in order."""
    return [path.read_bytes() for path in sorted((SEEDS / name).iterdir())]


def mutated(seeds, number):
    """One input: pieces of seeds, with a few bytes changed, repeated, or cut."""
    rng = random.Random(number)
    data = bytearray(rng.choice(seeds))
    for _ in range(rng.randint(1, 6)):
        at = rng.randrange(len(data) + 1)
        length = rng.choice((1, 1, 2, 4, 16, 64))
        kind = rng.randrange(6)
        if kind == 0:
            data[at : at + length] = rng.randbytes(length)
        elif kind == 1:
            del data[at : at + length]
        elif kind == 2:
            data[at:at] = data[at : at + length] * rng.choice((1, 2, 50))
        elif kind == 3:
            other = rng.choice(seeds)
            start = rng.randrange(len(other) + 1)
            data[at:at] = other[start : start + 4 * length]
        elif kind == 4:
            numbers = (
                b"-1",
                b"99999999999999999999",
                b"1e999",
                b"NaN",
                b"\x00",
                b"\xff\xfe",
                b"[]",
            )
            data[at : at + length] = rng.choice(numbers)
        elif data:
            at = rng.randrange(len(data))
            data[at] ^= 1 << rng.randrange(8)
    return bytes(data[:LONGEST])
