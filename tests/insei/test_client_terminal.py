"""The client in a real pseudo-terminal: a whole game, and all the ways in which one can end."""

import signal
import sys
import time

import pexpect
import pytest

from insei.engine.sgf.record import read_sgf
from tests.helpers.terminal import Terminal

pytestmark = pytest.mark.slow


def start(tmp_path, *words, **environment):
    environment = {"TERM": "xterm-256color", "NO_COLOR": "1"} | environment
    environment |= {"XDG_STATE_HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path)}
    return Terminal(sys.executable, "-m", "insei", *words, environment=environment)


def send_line(terminal, text):
    for letter in text:
        terminal.send(letter)
    terminal.send("\r")


def kept(tmp_path):
    """The game that was kept last; None before there is one."""
    paths = sorted((tmp_path / "insei" / "games").glob("[!.]*.sgf"))
    return read_sgf(paths[-1].read_bytes()) if paths else None


def moves_kept(tmp_path):
    return game.position.moves if (game := kept(tmp_path)) else []


def is_kept_over(tmp_path):
    game = kept(tmp_path)
    return game is not None and game.position.is_over


def wait_for_moves(terminal, tmp_path, count):
    for _ in range(600):
        if len(moves_kept(tmp_path)) >= count or is_kept_over(tmp_path):
            return
        terminal.expect([pexpect.TIMEOUT, "never"], timeout=0.1)  # reads what is drawn
    raise AssertionError(f"{count} moves were never kept")


def ended(terminal):
    """What was printed at the end, and the exit status. There must be no traceback."""
    printed, status = terminal.read_to_end()
    assert "Traceback" not in printed
    return printed, status


def test_a_whole_game_against_a_shipped_player(tmp_path):
    terminal = start(tmp_path, "play", "7", "--size", "5")
    terminal.expect("Your move")
    for number, vertex in enumerate(("c3", "b3", "d2"), 1):
        send_line(terminal, vertex)
        wait_for_moves(terminal, tmp_path, 2 * number)
    while not is_kept_over(tmp_path):
        count = len(moves_kept(tmp_path))
        send_line(terminal, "pass")
        wait_for_moves(terminal, tmp_path, count + 2)
    terminal.expect("Enter")  # the dead stones have been proposed
    terminal.send("\r")
    terminal.expect("wins, [BW]")
    terminal.send("\x11")
    _, code = ended(terminal)
    assert code == 0
    assert kept(tmp_path).result[:2] in ("B+", "W+")


def test_ctrl_c_asks_and_the_game_is_offered_again(tmp_path):
    terminal = start(tmp_path, "play", "capture", "--size", "5")
    terminal.expect("Your move")
    send_line(terminal, "c3")
    wait_for_moves(terminal, tmp_path, 2)
    terminal.send("\x03")
    terminal.expect("Leave")
    terminal.send("\x03")
    _, code = ended(terminal)
    assert code == 0
    assert moves_kept(tmp_path)[0] == 12
    again = start(tmp_path, "play", "capture", "--size", "5")
    again.expect("unfinished game")
    again.send("y")
    again.expect("move 2")
    again.send("\x03y")
    assert ended(again)[1] == 0


@pytest.mark.parametrize("how", [signal.SIGHUP, signal.SIGTERM])
def test_a_closed_terminal_and_a_polite_kill_keep_the_game(tmp_path, how):
    terminal = start(tmp_path, "play", "capture", "--size", "5")
    terminal.expect("Your move")
    send_line(terminal, "c3")
    wait_for_moves(terminal, tmp_path, 2)
    if how == signal.SIGHUP:
        terminal.hang_up()
    else:
        terminal.process.send_signal(how)
        said, _ = ended(terminal)
        assert "\x1b[?1049l" in said  # the screen from before is back
    terminal.process.wait(30)
    assert moves_kept(tmp_path)[0] == 12


def test_a_tiny_terminal_is_no_trouble(tmp_path):
    terminal = start(tmp_path, "play", "capture", "--size", "9")
    terminal.expect("Your move")
    terminal.resize(10, 20)
    time.sleep(0.5)
    send_line(terminal, "c3")
    wait_for_moves(terminal, tmp_path, 2)
    terminal.resize(40, 120)
    terminal.expect("move 2")
    terminal.send("\x03y")
    assert ended(terminal)[1] == 0


def test_a_broken_unfinished_game_is_put_aside(tmp_path):
    (tmp_path / "insei").mkdir()
    (tmp_path / "insei" / "unfinished.sgf").write_text("no game")  # of an earlier version
    terminal = start(tmp_path, "play", "capture", "--size", "5")
    terminal.expect("Your move")
    send_line(terminal, f"review {tmp_path}/insei/unfinished.broken")
    terminal.expect("SGF")
    terminal.send("\x11")
    assert ended(terminal)[1] == 0


def test_a_reviewed_file_is_saved_whole_after_a_question(tmp_path):
    path, text = tmp_path / "mygame.sgf", tmp_path / "important.txt"
    game = (
        "(;GM[1]FF[4]SZ[5]KM[0.5]PB[Ann]BR[3k]PW[Bob]DT[2020-01-02]XX[odd];B[cc]LB[cc:1]"
        "(;W[bb]C[tight])(;W[dd]C[wide];B[bb]))"
    )
    path.write_text(game)
    text.write_text("precious")
    for answer in "ny":
        terminal = start(tmp_path, "play", "--review", str(path))
        terminal.expect("Ann")
        send_line(terminal, f"save {text}")
        terminal.expect("important.txt: ")
        assert path.read_text() == game
        send_line(terminal, f"save {path}")
        terminal.expect("Replace")
        terminal.send(answer)
        if answer == "y":
            terminal.expect("Saved")
        terminal.send("\x11")
        assert ended(terminal)[1] == 0
    assert text.read_text() == "precious"
    saved = path.read_text()
    for part in ("BR[3k]", "DT[2020-01-02]", "XX[odd]", "LB[cc:1]", "C[tight]", "C[wide]"):
        assert part in saved


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["play", "net:nowhere"], "insei: no player at nowhere"),
        (["play", "search:nowhere,visits=5"], "insei: no player at nowhere"),
        (["play", "random", "--theme", "walnut"], "insei: theme 'walnut': wanted auto, "),
        (["play", "random", "--theme", "wood"], "insei: theme wood: wants 256 colours, and this"),
        (["play", "13"], "insei: level 13: wanted 1 to 12 on 9x9"),
        (["watch", "nobody", "capture"], "insei: player 'nobody'"),
        (["play", "--load", "nowhere.sgf"], "insei: nowhere.sgf: No such file"),
    ],
)
def test_what_is_wrong_is_said_in_one_line_before_there_is_a_screen(tmp_path, words, said):
    terminal = start(tmp_path, *words)
    printed, code = ended(terminal)
    assert printed.startswith(said)
    assert printed.count("\n") == 1
    assert "\x1b[?1049h" not in printed
    assert code == 2


def test_the_terminal_is_left_as_it_was(tmp_path):
    command = f"stty -g; {sys.executable} -m insei play capture --size 5; stty -g"
    environment = {"XDG_DATA_HOME": str(tmp_path), "TERM": "xterm-256color"}
    terminal = Terminal("sh", "-c", command, environment=environment)
    terminal.expect(r"([0-9a-f:]{20,})\r\n")
    before = terminal.match[1]
    terminal.expect("Your move")
    terminal.send("\x11")
    terminal.expect(r"([0-9a-f:]{20,})\r\n")
    assert terminal.match[1] == before
    said, _ = ended(terminal)
    assert "Traceback" not in said


def test_a_terminal_without_a_cursor_plays_line_by_line(tmp_path):
    terminal = start(tmp_path, "play", "random", "--size", "3", TERM="dumb")
    terminal.expect("You are black against random")
    terminal.send("quit\r")
    said, code = ended(terminal)
    assert code == 0
    assert "\x1b[?1049h" not in said
