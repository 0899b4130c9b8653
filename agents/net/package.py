"""Player packages: a folder with a net's weights and a card that describes them.

    weights.safetensors   float32, by the names of agents/net/architecture.py
    player.json           the card: architecture, planes, hashes of the files, provenance, rating
    player.onnx           the same net for other programs; optional, never read here

No pickle is ever read. The card holds the hash of the weights' file. A package that was cut short
or altered is refused.
"""

import dataclasses
import hashlib
import math
import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import numpy as np
from annotated_types import Len
from numpy.typing import NDArray
from safetensors import SafetensorError, deserialize
from safetensors.numpy import save as save_tensors

from insei.agents.net.architecture import (
    BrokenNetwork,
    NetworkConfig,
    check_weights,
)
from insei.engine.planes.net_planes import PLANES_VERSION
from insei.engine.rules import MAX_KOMI, MAX_SIDE, Scoring
from insei.system.configuration import BadConfig, build
from insei.system.errors import UserError
from insei.system.files import open_file
from insei.system.records import BadRecord, json_of, read_record
from insei.system.setting import Setting, check_settings

WEIGHTS_FILE = "weights.safetensors"
CARD_FILE = "player.json"
ONNX_FILE = "player.onnx"
FORMAT = 1
MOST_DEPTH = 20  # of what a card tells of training and ratings
COUNTS = ("generation", "games", "rows", "steps")  # of a card's training
SIZE = re.compile(r"[1-9]\d?x[1-9]\d?")

Sha256 = Annotated[str, Len(0, 64)]  # in hexadecimal


class DamagedPackage(UserError):
    """A player package that is incomplete or altered; the message says what is wrong with it."""


@dataclass(frozen=True)
class PlayerCard:
    """A net's description, as in player.json.

    Raises:
        UserError: a field is out of its bounds, or holds NaN.
    """

    architecture: NetworkConfig
    width: Annotated[int, Setting("of the board that the net was trained on", 1, MAX_SIDE)]
    height: Annotated[int, Setting("likewise", 1, MAX_SIDE)]
    komi: Annotated[float, Setting("that it was trained around", -MAX_KOMI, MAX_KOMI)]
    training: dict[str, Any] = field(default_factory=dict)  # run, generation, games, steps
    rating: dict[str, Any] = field(default_factory=dict)  # value, interval, conditions
    planes_version: int = PLANES_VERSION
    weights_sha256: Sha256 = ""  # set when the package is written
    onnx_sha256: Sha256 = ""  # likewise; empty without a player.onnx
    scoring: Scoring = "area"  # that it was trained under
    # Komi by size, as in {"5x5": 20}, of a net that was trained on several; else empty.
    sizes: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        check_settings(self)
        for name in ("training", "rating", "sizes"):
            check_plain(getattr(self, name), name)
        for name in COUNTS:
            count = self.training.get(name, 0)
            if type(count) is not int or count < 0:
                raise UserError(f"training.{name}: {count!r}, wanted a whole number, 0 or more")
        hours = self.training.get("hours", 0.0)
        if type(hours) not in (int, float) or hours < 0:
            raise UserError(f"training.hours: {hours!r}, wanted a number, 0 or more")
        for size, komi in self.sizes.items():
            if not SIZE.fullmatch(size):
                raise UserError(f"sizes: {size!r}, wanted a board, as in 5x5")
            if abs(komi) > MAX_KOMI:
                raise UserError(f"sizes.{size}: {komi}, wanted -{MAX_KOMI} to {MAX_KOMI}")

    def komi_on(self, size: str) -> float | None:
        """The komi of training on a size, as in "5x5"; None for a size that it never saw."""
        own = {f"{self.width}x{self.height}": self.komi}
        return (self.sizes or own).get(size)


@dataclass(frozen=True)
class Package:
    """A net with its card."""

    weights: dict[str, NDArray[np.float32]]
    card: PlayerCard


def check_plain(value: Any, where: str, depth: int = 0) -> None:
    """Check that a value is made of text, finite numbers, lists and mappings.

    Raises:
        UserError: it isn't, or it is nested too deeply.
    """
    if depth == MOST_DEPTH:
        raise UserError(f"{where}: wanted at most {MOST_DEPTH} levels")
    if isinstance(value, dict):
        for key, inner in value.items():
            check_plain(inner, f"{where}.{key}", depth + 1)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            check_plain(inner, where, depth + 1)
    elif isinstance(value, float) and not math.isfinite(value):
        raise UserError(f"{where}: {value}, wanted a finite number")


def sha256_of(data: bytes) -> str:
    """The SHA-256 of `data` in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def write_package(
    folder: Path, weights: dict[str, NDArray[np.float32]], card: PlayerCard, onnx: bytes = b""
) -> None:
    """Write a package into an existing folder.

    Args:
        weights: float32 arrays by name.
        card: its hashes are replaced.
        onnx: the file of the same net; empty to leave it out.
    """
    data = save_tensors(weights)
    (folder / WEIGHTS_FILE).write_bytes(data)
    if onnx:
        (folder / ONNX_FILE).write_bytes(onnx)
    card = dataclasses.replace(
        card, weights_sha256=sha256_of(data), onnx_sha256=sha256_of(onnx) if onnx else ""
    )
    (folder / CARD_FILE).write_text(card_text(card))


def card_text(card: PlayerCard) -> str:
    """The text of player.json."""
    return json_of({"format": FORMAT, **dataclasses.asdict(card)}, indent=2) + "\n"


def read_tensors(path: Path, sha256: str) -> dict[str, NDArray[Any]]:
    """Read the tensors of a safetensors file.

    Args:
        sha256: the file's hash, as its card holds it.

    Raises:
        DamagedPackage: the file is missing, has another hash, or is not safetensors.
    """
    try:
        with open_file(path, os.O_RDONLY) as file:
            data = file.read()
    except OSError as error:
        raise DamagedPackage(f"{path}: {error.strerror}; wanted the weights") from error
    if sha256_of(data) != sha256:
        raise DamagedPackage(
            f"{path}: {len(data)} bytes with another SHA-256 than its card's; cut short or altered"
        )
    try:
        found = deserialize(data)
    except SafetensorError as error:
        raise DamagedPackage(f"{path}: not safetensors ({error})") from error
    tensors = {}
    for name, tensor in found:
        if tensor["dtype"] != "F32":
            raise DamagedPackage(f"{path}: {name[:80]!r} is {tensor['dtype']}; wanted F32")
        tensors[name] = np.frombuffer(tensor["data"], np.float32).reshape(tensor["shape"])
    return tensors


def read_card(folder: Path) -> PlayerCard:
    """Read player.json.

    Raises:
        DamagedPackage: the file is missing, not a card, or of another format or version.
    """
    path = folder / CARD_FILE
    try:
        values = read_record(dict[str, Any], path)
        if values.pop("format", None) != FORMAT:
            raise DamagedPackage(f"{path}: wanted a card of format {FORMAT}")
        card = build(PlayerCard, values)
    except OSError as error:
        raise DamagedPackage(f"{path}: {error.strerror}; wanted a player's card") from error
    except BadConfig as error:
        raise DamagedPackage(f"{path}: {error}") from error
    except BadRecord as error:
        raise DamagedPackage(str(error)) from error
    if card.planes_version != PLANES_VERSION:
        raise DamagedPackage(
            f"{path}: planes of version {card.planes_version}; wanted {PLANES_VERSION}"
        )
    return card


def load_package(folder: Path) -> Package:
    """Read a package, and check its hashes and shapes.

    Raises:
        DamagedPackage: the package is cut short, altered or of another kind.
    """
    card = read_card(folder)
    weights = read_tensors(folder / WEIGHTS_FILE, card.weights_sha256)
    try:
        check_weights(weights, card.architecture)
    except BrokenNetwork as error:
        raise DamagedPackage(f"{folder / WEIGHTS_FILE}: {error}") from error
    return Package(weights, card)
