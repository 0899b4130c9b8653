"""`insei play`: a game in the terminal, on a board or line by line."""

import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from insei.client.screen import Theme, has_terminal, open_client
from insei.commands.options import Seed
from insei.engine.rules import BLACK, MAX_SIDE, PRESETS, WHITE
from insei.system.errors import UserError

if TYPE_CHECKING:
    from insei.client.game_setup import GameSetup

FAIR_KOMI = {5: 24.5, 6: 4.5, 7: 9.5, 8: 10.5, 9: 7.5}  # by side, area scoring; 7.5 elsewhere


def play(
    player: str = "5",
    /,
    *,
    size: Annotated[int, Parameter(alias="-s")] = 9,
    komi: float | None = None,
    rules: str = "tromp-taylor",
    colour: Literal["black", "white"] = "black",
    handicap: int = 0,
    minutes: float = 0.0,
    seed: Seed = 0,
    load: Path | None = None,
    review: Path | None = None,
    plain: bool = False,
    theme: Theme = "auto",
    list_: Annotated[bool, Parameter(name="--list")] = False,
) -> None:
    """Play a game in the terminal, on a board, or with --plain line by line.

    `insei play` is a game on 9x9 with level 5; `insei play 1` is one with a beginner. On the board
    F1 says which keys and words there are. Where standard input or output is no terminal, or one
    without a cursor, the game goes line by line by itself.

    Parameters
    ----------
    player
        Your opponent: a level from 1, a beginner, to 9, full strength, or any player, as in
        `influence` or `search:go7,visits=200`.
    size
        Side of the board, 1 to 19.
    komi
        Points given to White; a fair one for the size if left out, 0.5 with a handicap.
    rules
        tromp-taylor, chinese, new-zealand, japanese or aga.
    colour
        Yours.
    handicap
        Stones that Black begins with.
    minutes
        Each side's time, on the board; 0 for none.
    seed
        Equal seeds and moves give equal games.
    load
        An SGF file to go on from, on its board and by its rules, whatever those options say.
    review
        An SGF file to step through, variations included, with analysis.
    plain
        Line by line.
    theme
        wood or plain; auto is plain where NO_COLOR is set or the terminal has no colours.
    list_
        Say what the levels are and how strong, and play nothing.
    """
    from insei.client.game_setup import YOU, GameSetup
    from insei.levels import level_lines, opponent_named

    if not 1 <= size <= MAX_SIDE:
        raise UserError(f"size {size}: wanted 1 to {MAX_SIDE}")
    if list_:
        print("\n".join(level_lines(size)))
        return
    if rules not in PRESETS:
        raise UserError(f"rules {rules!r}: wanted one of {', '.join(PRESETS)}")
    name = opponent_named(player, size)
    setup = GameSetup(
        size=size,
        komi=fair_komi(size, handicap) if komi is None else komi,
        rules=rules,
        handicap=handicap,
        black=YOU if colour == "black" else name,
        white=YOU if colour == "white" else name,
        minutes=minutes,
        seed=seed,
    )
    if review is not None:
        review_on_screen(setup, player, review, theme)
    elif plain or not has_terminal():
        if minutes:
            raise UserError(f"minutes {minutes:g}: wanted 0 line by line, where no clock runs")
        play_by_lines(setup, name, load)
    else:
        play_on_screen(setup, player, name, load, theme)


def fair_komi(size: int, handicap: int) -> float:
    """What a game of this size is about even with; half a point, for no ties, with a handicap."""
    return 0.5 if handicap else FAIR_KOMI.get(size, 7.5)


def play_by_lines(setup: "GameSetup", name: str, load: Path | None) -> None:
    """A game in lines from standard input."""
    from insei.agents.grammar import make_player
    from insei.client.game_setup import YOU
    from insei.client.line_game import LineGame, typed_lines
    from insei.engine.sgf.record import read_sgf_file
    from insei.levels import display_name, notes_on, strongest_net_for

    start = setup.start()
    if load is not None:
        record = read_sgf_file(load)
        start = record.position
        for note in record.notes:
            print(f"{load}: {note}", file=sys.stderr)
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
            print(note)
        for line in game.run(typed_lines(sys.stdin)):
            print(line, flush=True)


def play_on_screen(
    setup: "GameSetup", opponent: str, name: str, load: Path | None, theme: Theme
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


def review_on_screen(setup: "GameSetup", opponent: str, path: Path, theme: Theme) -> None:
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
        ValueError, PlayerFailed: why it can't.
    """
    from insei.agents.grammar import make_player

    if not typed.strip().isdecimal():  # a level is a name of our own, not worth half a second
        make_player(name).close()
