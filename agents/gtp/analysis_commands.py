"""The GTP commands that report on a search while it runs: those of Leela Zero and of KataGo."""

import time
from collections.abc import Callable, Generator, Iterator

from insei.agents.gtp.analysis_report import report_text
from insei.agents.gtp.analysis_request import check_leaves_a_move, read_request
from insei.agents.gtp.arguments import CommandFailed
from insei.agents.gtp.game import GtpGame
from insei.agents.gtp.history import with_mover
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
    search = player.search_from(position, 0, request.avoided)
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
    colour, move = yield from search_reports(game, command, words, lambda: False)
    assert move is not None
    yield f"play {move_text(game.play_choice(colour, move), game.rules)}\n"


def search_and_analyse(
    game: GtpGame, command: str, words: list[str], lines: Lines
) -> Iterator[str]:
    """`kata-search_analyze`: reports, then the move that the player would make.

    `kata-search_analyze_cancellable` ends when a line comes.
    """
    is_cancellable = command.endswith("_cancellable")
    is_cancelled = lines.is_waiting if is_cancellable else lambda: False
    _, move = yield from search_reports(game, command, words, is_cancelled)
    yield f"play {'cancelled' if move is None else move_text(move, game.rules)}\n"


def search_reports(
    game: GtpGame, command: str, words: list[str], is_cancelled: Callable[[], bool]
) -> Generator[str, None, tuple[int, int | None]]:
    """Let the player choose a move.

    Yields:
        reports of its search.

    Returns:
        the colour to move, and the move; None if the search was cancelled.
    """
    request = read_request(words, game.rules)
    searching_player(game)
    colour = request.colour or game.position.to_play
    check_leaves_a_move(with_mover(game.position, colour), request)
    steps = game.choose_steps(colour, avoided=request.avoided)
    reported = time.monotonic()
    search: Search | None = None
    move: int | None = None
    while not (search and is_cancelled()):
        try:
            search = next(steps)
        except StopIteration as end:
            move = end.value
            break
        if time.monotonic() - reported >= request.seconds:
            reported = time.monotonic()
            yield report_text(command, search.analysis(), request)
    if search is not None:
        yield report_text(command, search.analysis(), request)
    return colour, move


# Sabaki prefers `analyze` where it is listed, and reads its win rates as Leela Zero's.
ANALYSIS_COMMANDS: dict[str, Callable[[GtpGame, str, list[str], Lines], Iterator[str]]] = {
    "lz-analyze": analyse,
    "kata-analyze": analyse,
    "lz-genmove_analyze": generate_and_analyse,
    "kata-genmove_analyze": generate_and_analyse,
    "kata-search_analyze": search_and_analyse,
    "kata-search_analyze_cancellable": search_and_analyse,
}
