"""Player packages: a folder with a net's weights and a card that describes them.

    weights.safetensors   float32, by the names of agents/net/architecture.py
    player.json           the card: architecture, planes, hashes of the files, provenance, rating
    player.onnx           the same net for other programs; optional, never read here

No pickle is ever read. The card holds the hash of the weights' file. A package that was cut short
or altered is refused.
"""

import dataclasses
import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load as load_tensors
from safetensors.numpy import save as save_tensors

from insei.agents.net.architecture import (
    BrokenNetwork,
    NetworkConfig,
    check_weights,
)
from insei.engine.planes.net_planes import PLANES_VERSION
from insei.engine.rules import SCORINGS, Scoring
from insei.system.errors import UserError
from insei.system.setting import with_nulls

WEIGHTS_FILE = "weights.safetensors"
CARD_FILE = "player.json"
ONNX_FILE = "player.onnx"
FORMAT = 1


class DamagedPackage(UserError):
    """A player package that is incomplete or altered; the message says what is wrong with it."""


@dataclass(frozen=True)
class PlayerCard:
    """A net's description, as in player.json.

    Raises:
        UserError: an unknown scoring, or `sizes` that are not a dict.
    """

    architecture: NetworkConfig
    width: int  # of the board that the net was trained on
    height: int
    komi: float  # that it was trained around
    training: dict[str, Any] = field(default_factory=dict)  # run, generation, games, steps
    rating: dict[str, Any] = field(default_factory=dict)  # value, interval, conditions
    planes_version: int = PLANES_VERSION
    weights_sha256: str = ""  # set when the package is written
    onnx_sha256: str = ""  # likewise; empty without a player.onnx
    scoring: Scoring = "area"  # that it was trained under
    # Komi by size, as in {"5x5": 20}, of a net that was trained on several; else empty.
    sizes: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.scoring not in SCORINGS:
            raise UserError(f"scoring {self.scoring!r}: wanted {' or '.join(SCORINGS)}")
        if not isinstance(self.sizes, dict):
            raise UserError(f"sizes {self.sizes!r}: wanted komi by board, as in {{'5x5': 20}}")

    def komi_on(self, size: str) -> float | None:
        """The komi of training on a size, as in "5x5"; None for a size that it never saw."""
        own = {f"{self.width}x{self.height}": self.komi}
        return (self.sizes or own).get(size)


@dataclass(frozen=True)
class Package:
    """A net with its card."""

    weights: dict[str, NDArray[np.float32]]
    card: PlayerCard


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
    return json.dumps({"format": FORMAT, **dataclasses.asdict(card)}, indent=2) + "\n"


def read_tensors(path: Path, sha256: str) -> dict[str, NDArray[Any]]:
    """Read the tensors of a safetensors file.

    Args:
        sha256: the file's hash, as its card holds it.

    Raises:
        DamagedPackage: the file is missing, has another hash, or is not safetensors.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise DamagedPackage(f"{path}: {error.strerror}; wanted the weights") from error
    if sha256_of(data) != sha256:
        raise DamagedPackage(
            f"{path}: {len(data)} bytes with another SHA-256 than its card's; cut short or altered"
        )
    try:
        return load_tensors(data)
    except SafetensorError as error:
        raise DamagedPackage(f"{path}: not safetensors ({error})") from error


def read_card(folder: Path) -> PlayerCard:
    """Read player.json.

    Raises:
        DamagedPackage: the file is missing, not a card, or of another format or version.
    """
    path = folder / CARD_FILE
    try:
        values = json.loads(path.read_text())
    except OSError as error:
        raise DamagedPackage(f"{path}: {error.strerror}; wanted a player's card") from error
    except ValueError as error:
        raise DamagedPackage(f"{path}: not JSON ({error})") from error
    if not isinstance(values, dict) or values.pop("format", None) != FORMAT:
        raise DamagedPackage(f"{path}: wanted a card of format {FORMAT}")
    try:
        architecture = NetworkConfig(**with_nulls(NetworkConfig, values.pop("architecture")))
        card = PlayerCard(architecture=architecture, **values)
    except (TypeError, KeyError, ValueError) as error:
        raise DamagedPackage(f"{path}: {error}") from error
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
