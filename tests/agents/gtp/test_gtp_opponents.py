"""Whole games over GTP against GNU Go, every move checked by both sides."""

import shutil
from contextlib import closing

import pytest

from insei.agents.grammar import make_player
from insei.agents.gtp.program import GtpProgram
from insei.engine.rules import Rules
from tests.helpers.gtp import engine

MOST_MOVES = 300
GNU_GO = ["--mode", "gtp", "--chinese-rules", "--capture-all-dead", "--level", "1"]  # docs/gtp.md


def referee(ours, program, is_ours_black, size):
    """Play a game to its end; the number of moves."""

    def ask(line):
        accepted, answer = program.ask(line, 60)
        assert accepted, (line, answer)
        return answer

    for line in (f"boardsize {size}", "komi 7", "clear_board"):
        ask(line)
        assert ours.answer(line) == "="
    passes = moves = 0
    while passes < 2:
        colour = "bw"[moves % 2]
        if (moves % 2 == 0) == is_ours_black:
            said = ours.answer(f"genmove {colour}")
            assert said.startswith("= "), said
            move = said[2:]
            ask(f"play {colour} {move}")
        else:
            move = ask(f"genmove {colour}")
            if move.lower() == "resign":
                break
            assert ours.answer(f"play {colour} {move}") == "="
        passes = passes + 1 if move.lower() == "pass" else 0
        moves += 1
        assert moves < MOST_MOVES
    assert ours.answer("final_score")[0] == "="
    return moves


@pytest.mark.gnugo
@pytest.mark.slow
@pytest.mark.parametrize("player", ["random", "influence", "capture", "net:go9"])
def test_games_with_gnugo_end_without_an_illegal_move(player):
    path = shutil.which("gnugo") or shutil.which("/usr/games/gnugo")
    if path is None:
        pytest.skip("GNU Go is not on this machine")
    program = GtpProgram([path, *GNU_GO])
    try:
        with closing(make_player(player)) as seated:
            ours = engine(seated, Rules(9, 9), is_tolerant=True)
            for number in range(6):
                assert referee(ours, program, number % 2 == 0, 9) > 4
    finally:
        program.stop(5)
