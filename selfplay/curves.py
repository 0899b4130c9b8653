"""The curves of a run on TensorBoard: losses, games, speed, ratings."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from torch.utils.tensorboard import SummaryWriter

from insei.selfplay.health import Validation
from insei.selfplay.learner.losses import Losses
from insei.selfplay.net_rating import NetRating
from insei.selfplay.reports.pictures import Picture
from insei.selfplay.worker import PlayCounts
from insei.system.shown import shown
from insei.tournament.ratings import Rating


def in_code(text: str) -> str:
    """Text as TensorBoard shows it letter by letter: it reads Markdown."""
    return "".join(f"    {line}\n" for line in shown(text).splitlines())


class Curves:
    """TensorBoard events of a run.

    Args:
        folder: where the events go.
        generation: of the newest net, which may have been rated. What a crashed program wrote
            of later ones is hidden.
    """

    def __init__(self, folder: Path, generation: int) -> None:
        self.writer = SummaryWriter(str(folder), purge_step=generation + 1)

    def add(
        self,
        generation: int,
        losses: Sequence[Losses],
        counts: PlayCounts,
        seconds: float,
        game_lengths: NDArray[np.int64],
        numbers: dict[str, float],
    ) -> None:
        """Write the curves of a generation.

        Args:
            game_lengths: plies of its games.
            numbers: further values by name.
        """
        if losses:
            for field in fields(Losses):
                mean = float(np.mean([getattr(step, field.name) for step in losses]))
                self._add(f"loss/{field.name}", mean, generation)
        if len(game_lengths):
            self.writer.add_histogram("games/plies", game_lengths, generation)
        self._add("games/cut", counts.cut_games, generation)
        self._add("speed/positions_per_second", counts.positions / seconds, generation)
        self._add("speed/evaluations_per_second", counts.evaluations / seconds, generation)
        if counts.cache_hits:
            looked_up = counts.evaluations + counts.cache_hits
            self._add("speed/share_known", counts.cache_hits / looked_up, generation)
        for name, value in numbers.items():
            self._add(name, value, generation)
        self.writer.flush()

    def add_configuration(self, text: str, generation: int) -> None:
        """Write a configuration as text, as it is from this generation on."""
        self.writer.add_text("configuration", in_code(text), generation)
        self.writer.flush()

    def add_pictures(self, pictures: Mapping[str, Picture], generation: int) -> None:
        """Write pictures of a generation's games."""
        for name, picture in pictures.items():
            self.writer.add_image(name, picture, generation, dataformats="HWC")
        self.writer.flush()

    def add_validation(self, generation: int, validation: Validation) -> None:
        """Write how the net of a generation does on games held out."""
        for name, value in asdict(validation).items():
            if np.isfinite(value):
                self._add(f"validation/{name}", value, generation)
        self.writer.flush()

    def add_rating(self, rating: NetRating, elos: dict[str, Rating]) -> None:
        """Write the shares of points that a net took, and its Elo on each board."""
        generation = rating.generation
        for label, score in rating.opponents.items():
            self._add(f"rating/{label}", score.share, generation)
        for board, elo in elos.items():
            self._add(f"elo/{board}", elo.elo, generation)
            self._add(f"elo/{board}_low", elo.low, generation)
            self._add(f"elo/{board}_high", elo.high, generation)
        self.writer.flush()

    def _add(self, name: str, value: float, generation: int) -> None:
        self.writer.add_scalar(name, value, generation)

    def close(self) -> None:
        """Flush and close."""
        self.writer.close()
