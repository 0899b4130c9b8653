"""A run's newest net as a package of its own, with its rating on the card.

    from insei.selfplay.packaging import package_player

    package_player("runs/go7", Path("players/go7"), report=Path("reports/gnugo7/report.json"))

writes the folder players/go7, which is the player search:players/go7.
"""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from insei.agents.net.find_package import check_nameable, find_package
from insei.agents.net.onnx_export import onnx_of
from insei.agents.net.package import load_package, write_package
from insei.system.errors import UserError
from insei.system.files import new_folder


def package_player(source: str, folder: Path, report: Path | None = None) -> None:
    """Write a player package with the net as player.onnx, whole or not at all.

    Args:
        source: a run's folder, whose newest net is taken, or a player package.
        folder: where the package goes; it must not exist.
        report: a tournament's report.json in which this very net played, for the card.

    Raises:
        ValueError: there is no such player, the folder can't be used, or the net isn't in the
            report.
    """
    check_nameable(folder)
    found = load_package(find_package(source))
    card = found.card
    if report is not None:
        card = replace(card, rating=rating_in(report, card.weights_sha256))
    with new_folder(folder) as unfinished:
        write_package(unfinished, found.weights, card, onnx_of(found.weights, card.architecture))


def rating_in(report: Path, weights_sha256: str) -> dict[str, Any]:
    """What a report says of a net, alone and with its searches, as cards have it.

    Raises:
        ValueError: the file is no report, or the net didn't play in it.
    """
    try:
        values = json.loads(report.read_text())
        players = json.loads((report.parent / "players.json").read_text())
        pairings, ratings = (
            values["pairings"],
            {rating["player"]: rating for rating in values["ratings"]},
        )
    except (json.JSONDecodeError, KeyError, TypeError):
        raise UserError(f"{report}: no report of a tournament") from None
    own = [name for name in ratings if players.get(name) == weights_sha256]
    if not own:
        raise UserError(f"{report}: this net, {weights_sha256[:12]}, did not play in it")
    keys = ("opponent", "games", "wins", "ties", "losses", "share", "low", "high")
    conditions = ("rules", "games", "opening_plies", "seed")
    return {
        "conditions": {key: values["config"][key] for key in conditions},
        "players": [
            {
                "player": name.partition(":")[0] + ":" + ",".join(name.split(",")[1:]),
                "elo": [round(ratings[name][key], 1) for key in ("elo", "low", "high")],
                "against": [
                    {key: pairing[key] for key in keys}
                    for pairing in pairings
                    if pairing["player"] == name and pairing["opponent"] not in own
                ],
            }
            for name in own
        ],
    }
