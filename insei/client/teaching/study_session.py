"""A study or a review in the terminal, on the board or line by line."""

import sys
from contextlib import closing

from insei.agents.grammar import make_player
from insei.client.game import ClientGame
from insei.client.game_setup import GameSetup
from insei.client.keeping.kept_games import keep_review
from insei.client.screen import has_terminal, open_client
from insei.client.teaching.line_analyst import LineAnalyst
from insei.client.teaching.study import Study, game_of_study
from insei.levels import opponent_named, strongest_net_for
from insei.progress import own_level
from insei.system.shown import say


def run_study(study: Study, is_plain: bool, theme: str) -> None:
    """Let the user answer a study.

    Args:
        is_plain: line by line, even on a terminal.
    """
    size = study.line.shown.rules.width
    if not is_plain and has_terminal():
        level = own_level(size)
        seats = GameSetup(size=size, white=opponent_named(level, size))
        open_client(
            game_of_study(study), level, theme, False, is_review=True, seats=seats, study=study
        )
        return
    from insei.client.line_game import typed_lines
    from insei.client.teaching.line_study import LineStudy

    with closing(analyst_for(size)) as analyst:
        for line in LineStudy(study, analyst, make_player).run(typed_lines(sys.stdin)):
            say(line, flush=True)


def review_by_lines(game: ClientGame) -> None:
    """Step through a game by words from standard input."""
    from insei.client.line_game import typed_lines
    from insei.client.teaching.line_review import LineReview

    with closing(analyst_for(game.rules.width)) as analyst:
        for line in LineReview(game, analyst).run(typed_lines(sys.stdin)):
            say(line, flush=True)
    keep_review(game)


def analyst_for(size: int) -> LineAnalyst:
    """What judges positions on boards of this side."""
    name = f"search:{strongest_net_for(size)},rule=puct"
    return LineAnalyst(lambda: make_player(name))
