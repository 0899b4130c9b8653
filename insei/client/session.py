"""A game in the terminal: what is played against whom, and on which of the two interfaces."""

import sys
from contextlib import closing
from pathlib import Path
from typing import Literal

from insei.agents.grammar import make_player
from insei.client.game_setup import YOU, GameSetup
from insei.client.screen import has_terminal, open_client
from insei.engine.rules import BLACK, MAX_SIDE, PRESETS, WHITE
from insei.system.errors import UserError
from insei.system.shown import say

FAIR_KOMI = {5: 24.5, 6: 4.5, 7: 9.5, 8: 10.5, 9: 7.5}  # by side, area scoring; 7.5 elsewhere


def fair_komi(size: int, handicap: int) -> float:
    """The komi of an about even game on this size; with a handicap 0.5, so that nobody ties."""
    return 0.5 if handicap else FAIR_KOMI.get(size, 7.5)


def check_board(size: int, rules: str) -> None:
    """Raise UserError unless there are such a board and such rules."""
    if not 1 <= size <= MAX_SIDE:
        raise UserError(f"size {size}: wanted 1 to {MAX_SIDE}")
    if rules not in PRESETS:
        raise UserError(f"rules {rules!r}: wanted one of {', '.join(PRESETS)}")


def setup_against(
    player: str,
    colour: Literal["black", "white"],
    size: int,
    komi: float | None,
    rules: str,
    handicap: int,
    minutes: float,
    seed: int,
) -> GameSetup:
    """A game of yours against a level or a player.

    Args:
        colour: yours.
        komi: None for a fair one.

    Raises:
        UserError: there is no such board, rules, or level.
    """
    from insei.levels import opponent_named

    check_board(size, rules)
    name = opponent_named(player, size)
    return GameSetup(
        size=size,
        komi=fair_komi(size, handicap) if komi is None else komi,
        rules=rules,
        handicap=handicap,
        black=YOU if colour == "black" else name,
        white=YOU if colour == "white" else name,
        minutes=minutes,
        seed=seed,
    )


def play_game(
    setup: GameSetup, typed: str, load: Path | None, review: Path | None, plain: bool, theme: str
) -> None:
    """Play a game, or step through one.

    Args:
        typed: the opponent as it was typed: a level, or a player by the grammar.
        load: an SGF file to go on from.
        review: an SGF file to step through instead.
        plain: line by line, even on a terminal.

    Raises:
        UserError, PlayerFailed: the opponent can't play, or a file can't be used.
    """
    if review is not None:
        review_on_screen(setup, typed, review, theme)
    elif plain or not has_terminal():
        if setup.minutes:
            raise UserError(
                f"minutes {setup.minutes:g}: wanted 0 line by line, where no clock runs"
            )
        play_by_lines(setup, opponent_of(setup), load)
    else:
        play_on_screen(setup, typed, opponent_of(setup), load, theme)


def opponent_of(setup: GameSetup) -> str:
    """The player that isn't you, by the grammar."""
    return setup.white if setup.black == YOU else setup.black


def play_by_lines(setup: GameSetup, name: str, load: Path | None) -> None:
    """A game in lines from standard input."""
    from insei.client.line_game import LineGame, typed_lines
    from insei.engine.sgf.record import read_sgf_file
    from insei.levels import display_name, notes_on, strongest_net_for

    start = setup.start()
    if load is not None:
        record = read_sgf_file(load)
        start = record.position
        for note in record.notes:
            say(f"{load}: {note}", to_error=True)
    mine = BLACK if setup.black == YOU else WHITE
    analyst = f"search:{strongest_net_for(start.rules.width)},rule=puct"
    with closing(make_player(name)) as player:
        game = LineGame(
            player,
            start,
            mine,
            setup.seed,
            display_name(name, start.rules.width),
            lambda: make_player(analyst),
        )
        for note in notes_on(name, start.rules):
            say(note)
        for line in game.run(typed_lines(sys.stdin)):
            say(line, flush=True)


def play_on_screen(
    setup: GameSetup, opponent: str, name: str, load: Path | None, theme: str
) -> None:
    """A game on the board; an unfinished one is offered first."""
    from insei.client.game import ClientGame
    from insei.client.unfinished import load_unfinished, unfinished_path

    check_player(opponent, name)
    game = ClientGame.begin(setup)
    autosave = unfinished_path()
    unfinished = None
    if load is not None:
        game = ClientGame.load(load, setup)
        game.result = ""
    elif autosave.is_file():
        unfinished = load_unfinished(autosave)
    open_client(game, opponent, theme, autosave, unfinished)


def review_on_screen(setup: GameSetup, opponent: str, path: Path, theme: str) -> None:
    """An SGF game to step through."""
    from insei.client.game import ClientGame

    if not has_terminal():
        raise UserError("review wants a terminal")
    game = ClientGame.review(path)
    game.show_ply(0)
    open_client(game, opponent, theme, None, is_review=True, seats=setup)


def check_player(typed: str, name: str) -> None:
    """Refuse a player that can't be made, before there is a screen.

    Raises:
        UserError, PlayerFailed: why it can't.
    """
    if not typed.strip().isdecimal():  # a level is a name of our own, not worth half a second
        make_player(name).close()
