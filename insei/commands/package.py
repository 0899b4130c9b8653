"""`insei package`: a run's newest net as a package of its own, with its rating on the card."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from insei.system.errors import UserError


def package(source: str, folder: Path, /, *, report: Path | None = None) -> None:
    """Copy a player out of its run, so that it can be given away; with its net as player.onnx.

    Example: `insei package runs/go7 players/go7 --report reports/gnugo7/report.json`.

    Parameters
    ----------
    source
        A run's folder, whose newest net is taken, or a player package.
    folder
        Where the package goes; it must not exist.
    report
        A tournament's report.json in which this very net played, for the card.
    """
    from insei.agents.net.find_package import check_nameable, find_package
    from insei.agents.net.onnx_export import onnx_of
    from insei.agents.net.package import load_package, write_package
    from insei.system.files import new_folder

    check_nameable(folder)
    found = load_package(find_package(source))
    card = found.card
    if report is not None:
        card = replace(card, rating=rating_of(card.weights_sha256, report))
    with new_folder(folder) as unfinished:
        write_package(unfinished, found.weights, card, onnx_of(found.weights, card.architecture))
    print(f"{folder}: play it as search:{folder}")


def rating_of(weights_sha256: str, report: Path) -> dict[str, Any]:
    """What a report says of the net, alone and with its searches.

    Raises:
        UserError: the file is no report, or the net didn't play in it.
    """
    try:
        values = json.loads(report.read_text())
        players = json.loads((report.parent / "players.json").read_text())
        pairings, ratings = values["pairings"], {one["player"]: one for one in values["ratings"]}
    except (json.JSONDecodeError, KeyError, TypeError):
        raise UserError(f"{report}: no report of a tournament") from None
    own = [name for name in ratings if players.get(name) == weights_sha256]
    if not own:
        raise UserError(f"{report}: this net, {weights_sha256[:12]}, did not play in it")
    keys = ("opponent", "games", "wins", "ties", "losses", "share", "low", "high")
    return {
        "conditions": {
            key: values["config"][key] for key in ("rules", "games", "opening_plies", "seed")
        },
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
