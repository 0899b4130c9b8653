"""Games that the client keeps by itself, and games that the user saves."""

import re
from dataclasses import replace

import pytest

from insei.client.estimate import Estimate, set_estimate
from insei.client.game import ClientGame
from insei.client.game_setup import YOU
from insei.client.keeping.kept_games import (
    games_folder,
    keep,
    kept_game,
    kept_games,
    kept_paths,
    resume,
    unfinished_game,
)
from insei.client.keeping.save_target import save_target, write_game
from insei.engine.rules import BLACK, WHITE
from insei.engine.sgf.record import GameRecord, write_sgf
from insei.engine.sgf.variations import read_collection, read_variations
from insei.levels import levels_on
from insei.system.errors import UserError
from tests.helpers.client import SETUP, client_of, drive, type_line, until, your_turn
from tests.helpers.command import insei

pytestmark = pytest.mark.usefixtures("player_thread")


def played(moves, setup=SETUP):
    game = ClientGame.begin(setup)
    for move in moves:
        game.play(move)
    return game


def test_a_kept_game_says_who_played_when_and_how_it_ended():
    game = played((12, 6), replace(SETUP, size=9, white=levels_on(9)[4].player))
    set_estimate(game.nodes[1], Estimate(0.61, 2.5))
    game.resign(BLACK)
    keep(game)
    [path] = kept_paths()
    assert re.fullmatch(r"\d{4}-\d\d-\d\d-\d{6}-you-insei-level-5-9x9.sgf", path.name)
    text = path.read_text()
    assert "PB[you]" in text
    assert "PW[insei level 5]" in text
    assert re.search(r"WR\[1\dk\?\]", text)
    assert re.search(r"DT\[\d{4}-\d\d-\d\d\]", text)
    assert "RE[W+R]" in text
    assert "SBKV[61.00]SBKS[2.50]" in text
    assert "INSEI" not in text  # nothing is left of the marks of an unfinished game


@pytest.mark.parametrize(
    ("player", "said"),
    [
        ("gtp:/usr/games/gnugo --mode gtp", "gnugo"),
        ("gtp:start=9 gnugo --mode gtp", "gnugo"),
        ("python:bots/centre.py:Centre", "Centre"),
        ("influence", "insei influence"),
    ],
)
def test_players_have_names_that_people_can_read(player, said):
    assert ClientGame.begin(replace(SETUP, white=player)).line.tree.white == said


def test_an_unfinished_game_is_resumed_with_its_players_clocks_and_variations():
    game = played((12, 6, 18), replace(SETUP, white=YOU, minutes=2))
    game.clocks[WHITE].main_left = 31.0
    game.undo()
    keep(game)
    assert "INSEI" not in game.sgf()  # in no file of the user's
    again = resume(kept_game(1))
    assert again.position.moves == [12, 6]
    assert again.setup == replace(game.setup, handicap=0)
    assert again.clocks[WHITE].main_left == 31.0
    again.play(8)
    assert again.line.is_main
    again.resign(BLACK)
    keep(again)
    assert len(kept_paths()) == 1
    assert unfinished_game() is None
    tree = read_variations(kept_game(1).read_bytes())
    assert [child.position.moves[-1] for child in tree.start.main_line()[2].children] == [8, 18]


def test_no_loses_nothing():
    first = played((12, 6))
    keep(first)
    client = client_of(keeps=True, unfinished=unfinished_game())

    async def script(pilot):
        await pilot.press("n")
        await until(pilot, your_turn(client))
        await type_line(pilot, "b2")
        await until(pilot, your_turn(client))

    drive(client, script)
    assert len(kept_paths()) == 2
    moves = [resume(path).position.moves[:1] for path in kept_paths()]
    assert sorted(moves) == [[12], [16]]


def test_yes_goes_on_with_the_game_in_its_own_file():
    keep(played((12, 6)))
    client = client_of(keeps=True, unfinished=unfinished_game())

    async def script(pilot):
        await pilot.press("y")
        await until(pilot, your_turn(client))
        assert client.game.position.moves == [12, 6]
        await pilot.press("f8")
        await pilot.press("y")
        await pilot.pause()

    drive(client, script)
    [game] = kept_games()
    assert (game.result, game.num_moves, game.is_unfinished) == ("W+R", 2, False)


@pytest.mark.parametrize("line", ["new", "load {}", "review {}"])
def test_a_running_game_is_left_after_a_question_and_is_kept(line, tmp_path):
    path = tmp_path / "other.sgf"
    path.write_text("(;SZ[5];B[aa])")
    client = client_of(keeps=True)

    async def script(pilot):
        await type_line(pilot, "c3")
        await until(pilot, your_turn(client))
        moves = client.game.position.moves
        for answer in ("n", "y"):
            client.run_line(line.format(path))
            await pilot.pause()
            if line == "new":
                await pilot.press("enter")
                await pilot.pause()
            assert client.game.position.moves == moves
            await pilot.press(answer)
            await pilot.pause()
        assert client.game.position.moves != moves

    drive(client, script)
    assert 12 in [resume(path).position.moves[0] for path in kept_paths()]


def test_a_game_that_nobody_began_is_not_kept():
    keep(ClientGame.begin(SETUP))
    assert kept_paths() == []


def test_a_game_that_can_not_be_kept_says_so_and_goes_on():
    games_folder().parent.mkdir(parents=True)
    games_folder().touch()
    with pytest.raises(UserError, match="the game is not kept"):
        keep(played((12,)))


def test_the_game_of_an_earlier_version_is_taken_over(users_folders):
    old = users_folders / "state" / "insei" / "unfinished.sgf"
    old.parent.mkdir(parents=True)
    position = SETUP.start().play_all([12, 6])
    old.write_text(write_sgf(GameRecord(position, YOU, "capture")))
    game = unfinished_game()
    assert game.setup.white == "capture"
    assert game.position.moves == [12, 6]
    assert not old.exists()
    assert kept_paths() == [game.kept_at]


def test_a_reviewed_kept_game_keeps_what_was_added():
    keep(played((12, 6)))
    path = kept_game(1)
    client = client_of(game=ClientGame.review(path), is_review=True, keeps=True)

    async def script(pilot):
        client.run_line("first")
        client.run_line("next")
        await type_line(pilot, "a1")
        await pilot.press("ctrl+q")  # without a question
        await pilot.pause()

    drive(client, script)
    start = resume(path).line.tree.start
    assert [child.position.moves[-1] for child in start.children[0].children] == [6, 20]


def test_added_moves_of_a_users_file_are_asked_about(tmp_path):
    path = tmp_path / "game.sgf"
    path.write_text("(;SZ[5];B[cc])")
    client = client_of(game=ClientGame.review(path), is_review=True, keeps=True)

    async def script(pilot):
        client.run_line("first")
        await type_line(pilot, "a1")
        await pilot.press("ctrl+q")
        await pilot.press("n")
        assert client.is_running
        client.run_line("save")  # to where it came from
        await pilot.press("y")
        assert client.controller.files.leaving_question() == ""

    drive(client, script)
    assert len(read_variations(path.read_bytes()).start.children) == 2


def test_a_save_asks_before_it_replaces_a_game(tmp_path):
    path = tmp_path / "game.sgf"
    path.write_text("(;SZ[5];B[cc]C[mine])")
    client = client_of()

    async def script(pilot):
        await type_line(pilot, "b2")
        client.run_line(f"save {path}")
        await pilot.press("n")
        await pilot.pause()
        assert "mine" in path.read_text()
        client.run_line(f"save {tmp_path / 'game'}")  # the same file
        await pilot.press("y")
        await pilot.pause()

    drive(client, script)
    assert "mine" not in path.read_text()


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("important.txt", "text", "wanted a name that ends in .sgf"),
        ("important.txt", None, "wanted a name that ends in .sgf"),
        ("important.sgf", "text", "holds no game of Go and is not replaced"),
        ("chess.sgf", "(;GM[3])", "holds no game of Go and is not replaced"),
        ("new/folder/x.sgf", None, "there is no such folder"),
        ("folder.sgf", "/", "is no file"),
    ],
)
def test_a_save_refuses_what_is_no_game(name, content, said, tmp_path):
    path = tmp_path / name
    if content == "/":
        path.mkdir()
    elif content is not None:
        path.write_text(content)
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(UserError, match=re.escape(said)):
        save_target(str(path))
    assert sorted(tmp_path.rglob("*")) == before


def test_line_by_line_a_save_asks_and_refuses_too(tmp_path):
    text = tmp_path / "important.txt"
    text.write_text("precious")
    path = tmp_path / "game.sgf"
    path.write_text("(;SZ[5];B[cc]C[mine])")
    words = ("play", "capture", "--size", 5)
    lines = f"C3\nsave {text}\nsave {tmp_path}/new/x.sgf\nsave {path}\nno\nsave {path}\nA1\n"
    done = insei(*words, text=f"{lines}resign\nsave {path}\nA1\n")
    assert done.returncode == 0, done.stderr
    assert text.read_text() == "precious"
    assert not (tmp_path / "new").exists()
    assert "mine" in path.read_text()
    assert done.stdout.count("type yes to replace it") == 3
    assert done.stdout.count("Not saved.") == 3
    done = insei(*words, text=f"C3\nsave {path}\nyes\nquit\n")
    assert f"Saved to {path}." in done.stdout
    assert "mine" not in path.read_text()


def test_line_by_line_games_are_kept_too():
    done = insei("play", "capture", "--size", 5, text="C3\nresign\n")
    [finished] = kept_games()
    assert f"The game is kept in {finished.path}." in done.stdout
    assert finished.result == "W+R"
    done = insei("play", "capture", "--size", 5, text="D4\nquit\n")
    [unfinished] = [game for game in kept_games() if game.is_unfinished]
    assert f"`insei play {unfinished.path}` goes on with it" in done.stdout
    again = insei("play", "capture", "--size", 5, text="quit\n")
    assert f"`insei play {unfinished.path}` goes on with it" in again.stdout
    went_on = insei("play", unfinished.path, text="score\nresign\n")
    assert "You are black against capture." in went_on.stdout
    assert "move 3" in went_on.stdout
    assert not any(game.is_unfinished for game in kept_games())


def test_the_other_games_of_a_file_stay_in_it(tmp_path):
    path = tmp_path / "three.sgf"
    games = ["(;CA[gb2312]SZ[5]C[一];B[aa])", "(;CA[gb2312]SZ[5]C[二];B[bb])", "(;SZ[5];B[cc])"]
    path.write_bytes("\n".join(games).encode("gb2312"))
    game = ClientGame.load(path, SETUP)
    game.play(12)
    path.write_text(game.sgf())
    trees = list(read_collection(path.read_bytes()))
    assert [tree.start.comment for tree in trees] == ["一", "二", ""]
    assert [len(tree.start.main_line()) for tree in trees] == [3, 2, 2]
    assert trees[1].start.properties["CA"] == ["UTF-8"]


def test_a_file_of_somebody_elses_names_no_player(tmp_path):
    """Its marks look like those of a kept game; the game that goes on from it is kept."""
    path = tmp_path / "game.sgf"
    evil = f"gtp:touch {tmp_path}/started"
    path.write_text(f"(;SZ[5]INSEIB[{evil}]INSEIW[{evil}];B[cc];W[bb]INSEIHERE[1])")
    game = ClientGame.load(path, SETUP)
    game.play(18)
    keep(game)
    assert unfinished_game().setup.white == "capture"
    game.resign(BLACK)
    keep(game)
    with pytest.raises(UserError, match="wanted a game that is not finished"):
        resume(kept_game(1))
    done = insei("play", path, text="quit\n")
    assert "against level" in done.stdout
    assert not (tmp_path / "started").exists()


def test_a_link_is_followed_and_stays(tmp_path):
    (tmp_path / "game.sgf").write_text("(;SZ[5])")
    (tmp_path / "link.sgf").symlink_to("game.sgf")
    assert save_target(str(tmp_path / "link.sgf")) == tmp_path / "game.sgf"


def test_what_can_not_be_read_has_no_number_in_the_list():
    keep(played((12,)))
    (games_folder() / "broken.sgf").write_text("no game")
    (games_folder() / ".unfinished-9-x.sgf").write_text("(;SZ[5];B[cc])")  # a save that was killed
    [game] = kept_games()
    assert kept_game(1) == game.path
    assert unfinished_game().position.moves == [12]


def test_a_user_gets_no_marks_of_a_kept_game(tmp_path):
    keep(played((12, 6)))
    game = ClientGame.review(kept_game(1))
    write_game(game, tmp_path / "own.sgf")
    assert "INSEI" not in (tmp_path / "own.sgf").read_text()
    assert "INSEIHERE" in game.sgf()
    assert "INSEIHERE" in kept_game(1).read_text()


def test_a_look_at_another_line_leaves_the_result_and_the_clocks_alone():
    game = played((12, 6, 18), replace(SETUP, white=YOU, minutes=1))
    game.resign(BLACK)
    keep(game)
    before = kept_game(1).read_text()
    game.show_ply(1)
    game.play_variation(0)
    keep(game)
    tree = read_variations(kept_game(1).read_bytes())
    assert tree.result == "W+R"
    line = tree.start.main_line()
    assert line[-1].position.moves == [12, 6, 18]
    assert "BL" not in line[1].children[1].properties
    assert f"B[dd]{before.partition('B[dd]')[2].split(')')[0]}" in kept_game(1).read_text()
    game.undo()
    assert game.line.tree.result == ""


def test_two_games_of_one_second_have_two_files(monkeypatch):
    monkeypatch.setattr("insei.client.keeping.kept_games.time.strftime", lambda form: "now")
    for move in (12, 6):
        keep(played((move,)))
    assert sorted(path.name[:6] for path in kept_paths()) == ["now-2-", "now-yo"]
