"""The GTP commands that report on a search while it runs: those of Leela Zero and of KataGo."""

import time
from collections.abc import Callable, Iterator

from insei.agents.gtp.analysis_report import report_text
from insei.agents.gtp.analysis_request import check_leaves_a_move, read_request
from insei.agents.gtp.arguments import CommandFailed
from insei.agents.gtp.game import GtpGame, with_mover
from insei.agents.gtp.play_commands import move_text
from insei.agents.player import SearchingPlayer
from insei.agents.search.search import Search
from insei.system.lines import Lines

NAP_SECONDS = 0.02  # between two looks for a line, when the search is full


def searching_player(game: GtpGame) -> SearchingPlayer:
    """The game's player.

    Raises:
        CommandFailed: it does not search.
    """
    player = game.player
    if not isinstance(player, SearchingPlayer):
        raise CommandFailed(f"{player.name} does not search: wanted a player search:...")
    return player


def analyse(game: GtpGame, command: str, words: list[str], lines: Lines) -> Iterator[str]:
    """`lz-analyze` and `kata-analyze`: search the current position until a line comes."""
    request = read_request(words, game.rules)
    player = searching_player(game)
    position = with_mover(game.position, request.colour or game.position.to_play)
    check_leaves_a_move(position, request)
    search = player.search_from(position)
    search.deepen()
    reported = time.monotonic()
    while True:
        if not search.deepen():
            time.sleep(NAP_SECONDS)
        is_stopping = lines.is_waiting()
        if is_stopping or time.monotonic() - reported >= request.seconds:
            reported = time.monotonic()
            yield report_text(command, search.analysis(), request)
        if is_stopping:
            return


def generate_and_analyse(
    game: GtpGame, command: str, words: list[str], lines: Lines
) -> Iterator[str]:
    """`lz-genmove_analyze` and `kata-genmove_analyze`: reports, then the player's move."""
    request = read_request(words, game.rules)
    searching_player(game)
    if any(request.avoided.values()):
        raise CommandFailed(f"{command} with avoid or allow: wanted the player's own move")
    steps = game.generate_steps(request.colour or game.position.to_play)
    reported = time.monotonic()
    search: Search | None = None
    while True:
        try:
            search = next(steps)
        except StopIteration as end:
            if search is not None:
                yield report_text(command, search.analysis(), request)
            yield f"play {move_text(end.value, game.rules)}\n"
            return
        if time.monotonic() - reported >= request.seconds:
            reported = time.monotonic()
            yield report_text(command, search.analysis(), request)


ANALYSIS_COMMANDS: dict[str, Callable[[GtpGame, str, list[str], Lines], Iterator[str]]] = {
    "lz-analyze": analyse,
    "kata-analyze": analyse,
    "lz-genmove_analyze": generate_and_analyse,
    "kata-genmove_analyze": generate_and_analyse,
}
