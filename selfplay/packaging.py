"""A run's newest net as a package of its own, with its rating on the card.

    from insei.selfplay.packaging import package_player

    package_player("runs/go7", Path("players/go7"), report=Path("reports/gnugo7/report.json"))

writes the folder players/go7, which is the player search:players/go7.
"""

from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from insei.agents.net.find_package import check_nameable, find_package
from insei.agents.net.onnx_export import onnx_of
from insei.agents.net.package import load_package, write_package
from insei.system.errors import UserError
from insei.system.files import new_folder
from insei.system.records import read_record
from insei.tournament.recorded_report import read_report
from insei.tournament.run import PLAYERS_FILE


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
    found = read_report(report)
    try:
        players = read_record(dict[str, str], report.parent / PLAYERS_FILE)
    except OSError as error:
        raise UserError(f"{error.filename}: {error.strerror}; wanted it beside {report}") from error
    own = [rating for rating in found.ratings if players.get(rating.player) == weights_sha256]
    if not own:
        raise UserError(f"{report}: this net, {weights_sha256[:12]}, did not play in it")
    names = {rating.player for rating in own}
    return {
        "conditions": asdict(found.config),
        "players": [
            {
                "player": name.partition(":")[0] + ":" + ",".join(name.split(",")[1:]),
                "elo": [round(number, 1) for number in (rating.elo, rating.low, rating.high)],
                "against": [
                    {key: value for key, value in asdict(pairing).items() if key != "player"}
                    for pairing in found.pairings
                    if pairing.player == name and pairing.opponent not in names
                ],
            }
            for rating in own
            for name in [rating.player]
        ],
    }
