"""The GTP commands of players that have a net: what it sees, and what GoGui may show of it."""

from collections.abc import Callable
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from insei.agents.gtp.arguments import COLOURS, CommandFailed, is_number
from insei.agents.gtp.game import GtpGame
from insei.agents.gtp.history import with_mover
from insei.agents.net.evaluator import Evaluation
from insei.agents.net.session import NetSession
from insei.agents.player import Player
from insei.engine.position import Position
from insei.engine.rules import WHITE
from insei.engine.symmetries import num_symmetries


@runtime_checkable
class PlayerWithNet(Player, Protocol):
    """A player that has a net."""

    session: NetSession


def player_with_net(game: GtpGame) -> PlayerWithNet:
    """The game's player.

    Raises:
        CommandFailed: it has no net.
    """
    player = game.player
    if not isinstance(player, PlayerWithNet):
        raise CommandFailed(f"{player.name} has no net: wanted a player net:... or search:...")
    return player


def raw_net(game: GtpGame, words: list[str]) -> str:
    """`kata-raw-nn [COLOUR] SYMMETRY [OPTIMISM]`, all of KataGo's keys that a net of ours knows."""
    rest = [word.lower() for word in words]
    colour = COLOURS[rest.pop(0)] if rest and rest[0] in COLOURS else game.position.to_play
    number = num_symmetries(game.rules.height, game.rules.width)
    if rest[:1] == ["all"]:
        symmetries = list(range(number))
    elif rest and is_number(rest[0]) and int(rest[0][:9]) < number:
        symmetries = [int(rest[0])]
    else:
        raise CommandFailed(
            f"syntax error: wanted [colour] and a symmetry, 0 to {number - 1}, or all"
        )
    position = with_mover(game.position, colour)
    session = player_with_net(game).session
    return "\n".join(
        raw_text(position, symmetry, session.answer(position, symmetry)) for symmetry in symmetries
    )


def raw_text(position: Position, symmetry: int, found: Evaluation) -> str:
    """An evaluation in the form of `kata-raw-nn`, as White sees it."""
    rules = position.rules
    sign = 1 if position.to_play == WHITE else -1
    win = (1 + sign * float(found.value[0])) / 2
    score = sign * float(found.score[0])
    legal = position.legal_mask()
    logits = np.where(legal, found.policy[0].astype(np.float64), -np.inf)
    shares = np.exp(logits - logits.max())
    policy = np.where(legal, shares / shares.sum(), np.nan)
    assert found.ownership is not None
    shape = (rules.height, rules.width)
    return "\n".join(
        [
            f"symmetry {symmetry}",
            f"whiteWin {win:.6f}",
            f"whiteLoss {1 - win:.6f}",
            "noResult 0.000000",
            f"whiteLead {score:.3f}",
            f"whiteScoreSelfplay {score:.3f}",
            f"policy\n{rows_text(policy[:-1].reshape(shape), 6)}",
            f"policyPass {policy[-1]:.6f}",
            f"whiteOwnership\n{rows_text(sign * found.ownership[0].reshape(shape), 6)}",
        ]
    )


def rows_text(numbers: NDArray, digits: int) -> str:
    """Numbers of each point, a line for a row from the top; NAN where there is none."""
    return "\n".join(
        " ".join("NAN" if np.isnan(number) else f"{number:.{digits}f}" for number in row)
        for row in numbers
    )


def ownership_board(game: GtpGame, words: list[str]) -> str:
    """`insei-ownership`: who will own each point by the net, 1 Black and -1 White, for GoGui."""
    position = game.position.resumed() if game.position.is_over else game.position
    found = player_with_net(game).session.answer(position).ownership
    assert found is not None
    return rows_text((-1 if position.to_play == WHITE else 1) * found[0], 2)


def policy_board(game: GtpGame, words: list[str]) -> str:
    """`insei-policy`: the net's probability of each move, as a share of the largest, for GoGui."""
    position = game.position.resumed() if game.position.is_over else game.position
    rules = position.rules
    logits = player_with_net(game).session.answer(position).policy[0, :-1].astype(np.float64)
    shares = np.where(position.legal_mask()[:-1], np.exp(logits - logits.max()), 0)
    return rows_text((shares / max(shares.max(), 1e-9)).reshape(rules.height, rules.width), 3)


NET_COMMANDS: dict[str, Callable[[GtpGame, list[str]], str]] = {
    "kata-raw-nn": raw_net,
    "insei-ownership": ownership_board,
    "insei-policy": policy_board,
}


def gogui_menu(player: Player) -> str:
    """What GoGui's menu of analyses offers: type, label and command of each."""
    lines = [
        "string/Final Score/final_score",
        "plist/Dead Stones/final_status_list dead",
        "plist/Black Territory/final_status_list black_territory",
        "plist/White Territory/final_status_list white_territory",
        "plist/Legal Moves/all_legal %c",
        "string/Rules/kata-get-rules",
        "none/Set Rules/kata-set-rules %s",
        "hstring/Move History/move_history",
    ]
    if isinstance(player, PlayerWithNet):
        lines += ["dboard/Ownership/insei-ownership", "dboard/Policy/insei-policy"]
    return "\n".join(lines)
