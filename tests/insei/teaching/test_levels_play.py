"""How levels play in the client: they pass and resign as people do."""

import queue

import pytest

from insei.agents.grammar import make_player
from insei.client.game import ClientGame
from insei.client.game_setup import YOU, GameSetup
from insei.client.line_game import LineGame
from insei.client.player_server import PlayerServer
from insei.client.player_tasks import ChosenMove, MoveTask
from insei.engine.rules import BLACK

ANALYST = "search:go5to9,rule=puct"
# 7 . . X X O . . 7   Black has the left, White the right; both have eyes
# 6 . X X O O O . 6
BLACK_STONES = [7 * row + 2 for row in range(7)] + [8, 21, 36, 3, 17, 31, 45]
WHITE_STONES = [7 * row + 4 for row in range(7)] + [12, 27, 40, 10, 24, 38, 33]


def settled_game(seed=0):
    """A settled game: Black, the user, is to play."""
    setup = GameSetup(size=7, komi=0.5, black=YOU, white="random", seed=seed)
    game = ClientGame.begin(setup)
    for pair in zip(BLACK_STONES, WHITE_STONES, strict=True):
        for move in pair:
            game.play(move)
    return game


def answer_of(position, is_level, player="random"):
    """The move that a player process replies."""
    tasks, replies = queue.Queue(), []
    server = PlayerServer(tasks, lambda number, reply: replies.append(reply), ANALYST, 1)
    tasks.put((1, MoveTask(position, player, is_level=is_level)))
    tasks.put(None)
    server.work()
    [move] = [reply.move for reply in replies if isinstance(reply, ChosenMove)]
    return move


def test_a_level_passes_where_all_is_settled_and_others_play_on():
    position = settled_game().position.play(49)
    assert answer_of(position, is_level=True) == position.rules.pass_move
    assert answer_of(position, is_level=False) != position.rules.pass_move


@pytest.mark.parametrize("seed", range(3))
def test_the_weakest_level_sets_no_stones_into_settled_area_after_a_pass(seed):
    """Level 1 once set nine of them."""
    game = settled_game(seed)
    line = LineGame(make_player("random"), game, "random", lambda: make_player(ANALYST))
    said = list(line.run(["pass\n", "done\n"]))
    assert game.position.is_over
    assert game.position.num_moves == len(BLACK_STONES) + len(WHITE_STONES) + 2 == 30
    assert any("you " in text for text in said)
    assert game.own_colour == BLACK


def test_a_lost_level_resigns_after_some_turns():
    """White's stones are far too few, and the user plays on in its own area."""
    setup = GameSetup(size=7, komi=0.5, black=YOU, white="random")
    game = ClientGame.begin(setup)
    for move in BLACK_STONES:
        game.play(move)
        game.play(7 * 7 if game.position.num_moves > 1 else 48)
        if game.position.is_over:
            break
    line = LineGame(make_player("random"), game, "random", lambda: make_player(ANALYST))
    said = list(line.run([f"{letter}{row}\n" for letter in "EFG" for row in (4, 2, 6, 1)]))
    assert any("resigns: you win." in text for text in said)
    assert game.result == "B+R"
