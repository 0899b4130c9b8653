"""The games as the page holds them: compact, and safe inside HTML."""

from collections.abc import Sequence
from typing import Any

from jinja2.utils import htmlsafe_json_dumps
from markupsafe import Markup

from insei.engine.page.board import frame_of
from insei.engine.position import Position
from insei.engine.rules import Rules
from insei.engine.sgf.writer import node_text, root_properties
from insei.system.shown import shown
from insei.tournament.match import PlayedGame

MOST_REPLAYS = 10_000  # games in the page; all of them are in games.jsonl
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def replays_of(games: Sequence[PlayedGame], rules: Rules, names: dict[str, str]) -> Markup:
    """The games for the page, pairing by pairing, as JSON that is safe inside HTML.

    Rows refer to lists of players and reasons by index. A move is two characters, and so is a win
    rate, in percent.

    Args:
        names: short ones, by player; pairings come in this order.
    """
    places = {player: place for place, player in enumerate(names)}

    def by_pairing(game: PlayedGame) -> tuple[list[int], int]:
        return sorted((places[game.black], places[game.white])), game.number

    chosen = sorted(games, key=lambda game: game.number)[:MOST_REPLAYS]
    chosen.sort(key=by_pairing)
    reasons = sorted({game.reason for game in chosen})
    rows = [
        [
            game.number,
            places[game.black],
            places[game.white],
            game.result,
            reasons.index(game.reason),
            game.opening_plies,
            "".join(map(pair_of, game.moves)),
            "".join(
                pair_of(round(100 * rate)) if rate is not None and 0 <= rate <= 1 else "--"
                for rate in game.win_rates
            ),
        ]
        for game in chosen
    ]
    held = board_of(rules) | {
        "players": [*map(shown, names)],
        "names": [*map(shown, names.values())],
        "reasons": [*map(shown, reasons)],
        "games": rows,
    }
    return htmlsafe_json_dumps(held)


def board_of(rules: Rules) -> dict[str, Any]:
    """The board as it is drawn, and what every game's SGF says of it."""
    root = root_properties(Position(rules), "", "", "")
    del root["PB"], root["PW"]
    return frame_of(rules) | {"sgf_root": node_text(root)}


def pair_of(number: int) -> str:
    """A number below 1,296 as two digits of base 36."""
    return DIGITS[number // 36] + DIGITS[number % 36]
