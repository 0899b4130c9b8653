"""Player packages: a folder with a net's weights and a card that says what they are.

    weights.safetensors   float32, named as agents/net/architecture.py says
    player.json           the card: architecture, planes, hashes of the files, provenance, rating
    player.onnx           the same net for other programs, where it was exported; we don't read it

No pickle is ever read. The card holds the hash of the weights' file, so that a package that was
cut short or altered is refused.
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
from insei.system.setting import with_nulls

WEIGHTS_FILE = "weights.safetensors"
CARD_FILE = "player.json"
ONNX_FILE = "player.onnx"
FORMAT = 1


class DamagedPackage(ValueError):
    """A folder that is no whole player package; the message says what is wrong with it."""


@dataclass(frozen=True)
class PlayerCard:
    """What is known of a net, as player.json holds it.

    Raises:
        ValueError: no such scoring, or sizes without their komi.
    """

    architecture: NetworkConfig
    width: int  # the board that it was trained on
    height: int
    komi: float  # the komi that it was trained around
    training: dict[str, Any] = field(default_factory=dict)  # run, generation, games, steps
    rating: dict[str, Any] = field(default_factory=dict)  # value, interval, how measured
    planes_version: int = PLANES_VERSION
    weights_sha256: str = ""  # filled in when the package is written
    onnx_sha256: str = ""  # likewise; empty where there is no player.onnx
    scoring: Scoring = "area"  # that it was trained under
    sizes: dict[str, float] = field(default_factory=dict)  # of a net of several boards: the komi
    # that each was trained around, by its name, as in {"5x5": 20}; else empty

    def __post_init__(self) -> None:
        if self.scoring not in SCORINGS:
            raise ValueError(f"scoring {self.scoring!r}: wanted {' or '.join(SCORINGS)}")
        if not isinstance(self.sizes, dict):
            raise ValueError(f"sizes {self.sizes!r}: wanted komi by board, as in {{'5x5': 20}}")

    def komi_on(self, size: str) -> float | None:
        """The komi that it was trained around on boards of this name; None where it never was."""
        own = {f"{self.width}x{self.height}": self.komi}
        return (self.sizes or own).get(size)


@dataclass(frozen=True)
class Package:
    """A net as read from its folder."""

    weights: dict[str, NDArray[np.float32]]
    card: PlayerCard


def sha256_of(data: bytes) -> str:
    """The hash in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def write_package(
    folder: Path, weights: dict[str, NDArray[np.float32]], card: PlayerCard, onnx: bytes = b""
) -> None:
    """Write the files into an existing folder; `onnx` is of the same weights, empty for none."""
    data = save_tensors(weights)
    (folder / WEIGHTS_FILE).write_bytes(data)
    if onnx:
        (folder / ONNX_FILE).write_bytes(onnx)
    card = dataclasses.replace(
        card, weights_sha256=sha256_of(data), onnx_sha256=sha256_of(onnx) if onnx else ""
    )
    (folder / CARD_FILE).write_text(card_text(card))


def card_text(card: PlayerCard) -> str:
    """A card as player.json holds it."""
    return json.dumps({"format": FORMAT, **dataclasses.asdict(card)}, indent=2) + "\n"


def read_tensors(path: Path, sha256: str) -> dict[str, NDArray[Any]]:
    """Read a safetensors file of which the hash is known.

    Raises:
        DamagedPackage: it is missing, another one, or broken.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise DamagedPackage(f"{path}: {error.strerror}; wanted the weights") from error
    if sha256_of(data) != sha256:
        raise DamagedPackage(
            f"{path}: {len(data)} bytes that differ from what its card promises; "
            "cut short or altered"
        )
    try:
        return load_tensors(data)
    except SafetensorError as error:
        raise DamagedPackage(f"{path}: not safetensors ({error})") from error


def read_card(folder: Path) -> PlayerCard:
    """Read player.json.

    Raises:
        DamagedPackage: the file is missing, or not the card of a net that we can play.
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
    """Read a package, hashes and shapes checked.

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
