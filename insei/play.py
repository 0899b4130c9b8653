"""`insei play` and `insei watch`: games on the screen, or line by line."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from engine.rules import BLACK, MAX_SIDE, PRESETS, WHITE

if TYPE_CHECKING:
    from insei.client.game import ClientGame, GameSetup

FAIR_KOMI = {5: 24.5, 6: 4.5, 7: 9.5, 8: 10.5, 9: 7.5}  # by side, area scoring; 7.5 elsewhere
Theme = Literal["auto", "wood", "plain"]


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
    seed: int = 0,
    load: Path | None = None,
    plain: bool = False,
    theme: Theme = "auto",
    list_: Annotated[bool, Parameter(name="--list")] = False,
) -> None:
    """Play a game in the terminal, on a board, or with --plain line by line.

    The opponent is a level from 1, a beginner, to 9, full strength, or any player, as in
    `insei play search:go7,visits=200 --size 7`. Where standard input or output is no terminal,
    the game goes line by line by itself.

    Parameters
    ----------
    player
        Your opponent: a level of the dial, or a player by the grammar.
    size
        Side of the board, 1 to 19.
    komi
        Points given to White; a fair one for the size if left out, 0.5 with a handicap.
    rules
        tromp-taylor, chinese or new-zealand.
    colour
        Yours.
    handicap
        Stones that Black begins with.
    minutes
        Each side's time; 0 for none.
    seed
        Equal seeds and moves give equal games.
    load
        An SGF file to go on from.
    plain
        Line by line.
    theme
        wood or plain; auto is plain where NO_COLOR is set.
    list_
        Say what the levels are, and play nothing.
    """
    from insei.client.game import YOU, GameSetup
    from insei.levels import opponent_named

    if list_:
        print_levels(size)
        return
    if not 1 <= size <= MAX_SIDE:
        raise ValueError(f"size {size}: wanted 1 to {MAX_SIDE}")
    if rules not in PRESETS:
        raise ValueError(f"rules {rules!r}: wanted one of {', '.join(PRESETS)}")
    fair = 0.5 if handicap else FAIR_KOMI.get(size, 7.5)
    name = opponent_named(player, size)
    setup = GameSetup(
        size=size,
        komi=fair if komi is None else komi,
        rules=rules,
        handicap=handicap,
        black=YOU if colour == "black" else name,
        white=YOU if colour == "white" else name,
        minutes=minutes,
        seed=seed,
    )
    if plain or not (sys.stdin.isatty() and sys.stdout.isatty()):
        play_by_lines(setup, name, load)
        return
    play_on_screen(setup, player, name, load, theme)


def play_by_lines(setup: "GameSetup", name: str, load: Path | None) -> None:
    """A game in lines from standard input."""
    from agents.grammar import make_player
    from engine.sgf import read_sgf
    from insei.client.game import YOU
    from insei.line_game import LineGame, typed_lines

    start = setup.start()
    if load is not None:
        try:
            start = read_sgf(load.read_bytes()).position
        except ValueError as error:
            raise ValueError(f"{load}: {error}") from error
    mine = BLACK if setup.black == YOU else WHITE
    game = LineGame(make_player(name), start, mine, setup.seed)
    for line in game.run(typed_lines(sys.stdin)):
        print(line, flush=True)


def play_on_screen(
    setup: "GameSetup", opponent: str, name: str, load: Path | None, theme: Theme
) -> None:
    """A game on the board; an unfinished one is offered first."""
    from agents.grammar import make_player
    from insei.client.game import ClientGame, unfinished_path

    if not name.startswith("search:"):  # the client makes its own; this is to refuse a bad name
        make_player(name).close()
    game = ClientGame.begin(setup)
    keep = unfinished_path()
    left = None
    if load is not None:
        game = ClientGame.load(load, setup)
        game.result = ""
    elif keep.is_file():
        left = unfinished_game(keep)
    show(game, opponent, theme, keep, left)


def unfinished_game(path: Path) -> "ClientGame | None":
    """The game kept there; None, and the file put aside, where it can't be read."""
    from insei.client.game import ClientGame

    try:
        game = ClientGame.load(path)
    except ValueError:
        path.replace(path.with_suffix(".broken"))
        return None
    return game if game.mine else None


def show(
    game: "ClientGame",
    opponent: str,
    theme: Theme,
    keep: Path | None,
    left: "ClientGame | None" = None,
    reviews: bool = False,
    pause: float = 0.0,
) -> None:
    """Open the client on a game, and close it with the terminal as it was."""
    from insei.client.app import Client
    from insei.levels import net_for

    is_plain = theme == "plain" or (theme == "auto" and "NO_COLOR" in os.environ)
    analyst = f"search:{net_for(game.rules.width)},rule=puct,visits=20000"
    client = Client(game, opponent, analyst, is_plain, keep, left, reviews, pause)
    client.run()


def watch(
    black: str,
    white: str,
    /,
    *,
    size: Annotated[int, Parameter(alias="-s")] = 9,
    komi: float | None = None,
    rules: str = "tromp-taylor",
    seed: int = 0,
    pause: float = 1.0,
    theme: Theme = "auto",
) -> None:
    """Watch two players play each other on the board, with the graph of their game.

    Example: `insei watch search:go7,visits=200 influence --size 7`.

    Parameters
    ----------
    black, white
        Levels of the dial, or players by the grammar.
    size
        Side of the board, 1 to 19.
    komi
        Points given to White; a fair one for the size if left out.
    rules
        tromp-taylor, chinese or new-zealand.
    seed
        Equal seeds give equal games.
    pause
        Seconds before each move.
    theme
        wood or plain; auto is plain where NO_COLOR is set.
    """
    from agents.grammar import make_player
    from insei.client.game import ClientGame, GameSetup
    from insei.levels import opponent_named

    if not 1 <= size <= MAX_SIDE:
        raise ValueError(f"size {size}: wanted 1 to {MAX_SIDE}")
    names = [opponent_named(one, size) for one in (black, white)]
    for name in names:
        make_player(name).close()
    fair = FAIR_KOMI.get(size, 7.5) if komi is None else komi
    setup = GameSetup(size=size, komi=fair, rules=rules, black=names[0], white=names[1], seed=seed)
    game = ClientGame.begin(setup)
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise ValueError("watch wants a terminal; `insei tournament` plays without one")
    show(game, white, theme, None, pause=pause)


def print_levels(size: int) -> None:
    """The dial, a line a level, with the ratings that were measured on that size."""
    from insei.ladder import ladder_sizes, read_ladder
    from insei.levels import LEVELS, net_for

    ladder = read_ladder(size) if size in ladder_sizes() else None
    for level in LEVELS:
        player = level.player(net_for(size))
        rung = ladder.elo_of(player) if ladder else None
        rating = f"{rung.elo:+5.0f} ±{(rung.high - rung.low) / 2:3.0f}" if rung else "not rated "
        print(f"{level.number}  {rating}  {level.words:46} {player}")
    if ladder:
        print(f"Elo on {ladder.rules.size_name}, random at 0, {ladder.games} games a pairing.")
