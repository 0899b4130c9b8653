"""A dataset's page: whole, without outside references, and what it shows."""

import html
import json
import re
from dataclasses import replace

import numpy as np
import pytest

from insei.engine.position import Position
from insei.engine.rules import Rules
from insei.main import main
from insei.selfplay.data.columns import sizes_of_letters
from insei.selfplay.history.history import History
from insei.selfplay.mining.mined import MinedItem, MinedList, write_mined
from insei.selfplay.page.page import write_page
from insei.system.errors import UserError
from tests.helpers.browser import BROWSER, DARK, LIGHT, axe_script, probed
from tests.helpers.games import some_games
from tests.helpers.history.small import first_ply, small_run
from tests.helpers.tables import older_run_with, run_with

REFERENCE = re.compile(r"""(?:src|href)\s*=\s*["'](?!#)|url\(|@import|https?://|\bfetch\(""", re.I)
SVG = "http://www.w3.org/2000/svg"  # a name, which nothing fetches
in_browser = pytest.mark.skipif(BROWSER is None, reason="wants chromium")


@pytest.fixture(scope="module")
def edited(tmp_path_factory):
    """A run with edits of two authors, and its games."""
    path, games = small_run(tmp_path_factory.mktemp("runs") / "run", 12)
    history = History(path)
    for weight, author, game in zip("023", ("Ada", "Bob", "Ada"), games, strict=False):
        history.edit(game.id, None, "weight", weight, "<b>bold</b>", author)
    return path, games


@pytest.fixture(scope="module")
def of_sizes(tmp_path_factory):
    """A run of two sizes."""
    path = tmp_path_factory.mktemp("runs") / "sizes"
    games = some_games(8, size=7) + some_games(4, seed=2, size=7)
    small = [in_frame(game, 5, 7) for game in some_games(6, seed=3, size=5)]
    return run_with(path, games + small, rules=Rules(7, 7, 4.5)), games, small


def in_frame(game, side, frame):
    """A game of a small board, as a run with larger ones records it."""
    rows = dict(game.rows)
    count = len(rows["ply"])
    owners = rows["ownership"].reshape(count, side, side)
    policy = rows["policy"]
    wide = np.zeros((count, frame, frame), owners.dtype)
    wide[:, :side, :side] = owners
    shares = np.zeros((count, frame, frame), policy.dtype)
    shares[:, :side, :side] = policy[:, :-1].reshape(count, side, side)
    rows["ownership"] = wide.reshape(count, -1)
    rows["policy"] = np.concatenate([shares.reshape(count, -1), policy[:, -1:]], 1)
    rows["planes"] = np.zeros((count, sizes_of_letters(frame, frame)["P"]), np.uint8)
    return replace(game, rows=rows)


def written(path, tmp_path, **options):
    file = tmp_path / "page.html"
    write_page(path, file, **options)
    return file.read_text()


def boards_of(text):
    held = json.loads(text.split('type="application/json">')[1].split("</script>")[0])
    return held["frames"], held["boards"]


def test_the_page_refers_to_nothing_outside(edited, tmp_path):
    text = written(edited[0], tmp_path)
    assert REFERENCE.findall(text.replace(SVG, "")) == []
    assert "<img src=" not in text
    for bad in ('<img src="a.png">', "url(a)", '<link href="https://a.b">'):
        assert REFERENCE.search(bad)


def test_edits_are_told_by_author_and_escaped(edited, tmp_path):
    path, games = edited
    text = written(path, tmp_path)
    assert "<b>" not in text
    assert "&lt;b&gt;bold" in text
    lengths = [len(game) for game in games]
    for author, commits, cells in (("Ada", 2, lengths[0] + lengths[2]), ("Bob", 1, lengths[1])):
        row = f"{author}</th><td>{commits}</td><td>{cells}</td><td>weight {cells}</td>"
        assert row in text
    assert "None: the dataset is as it was played" in written(path, tmp_path, at="played")


def test_positions_are_those_of_the_widest_gaps(edited, tmp_path):
    path, games = edited
    text = written(path, tmp_path)
    frames, boards = boards_of(text)
    assert [(frame["width"], frame["height"]) for frame in frames] == [(5, 5)]
    shown = re.findall(
        r'data-board="(\d+)" role="img" aria-label="Game (\w+), 5x5, ply (\d+)', text
    )
    assert len(shown) == 11  # of 12 games one has weight 0 throughout
    by_id = {game.id: game for game in games}
    for number, game, ply in shown:
        assert boards[int(number)][1] == by_id[game].moves[: int(ply)].tolist()
        place = by_id[game].rows["ply"].tolist().index(int(ply))
        policy = by_id[game].rows["policy"][place].astype(float)
        texts = {str(p): f"{100 * policy[p]:.0f}" for p in range(25) if policy[p] >= 0.05}
        assert boards[int(number)][2] == texts


def test_a_mined_list_is_shown_and_what_it_has_lost_is_told(tmp_path):
    path, games = small_run(tmp_path / "run", 4)
    ply = first_ply(games[1])
    items = (
        MinedItem(games[1].id, ply, 2.0, "because <x>"),
        MinedItem(games[2].id, None, 1.0, "the whole game"),
        MinedItem("0" * 16, 3, 1.0, "of another run"),
    )
    write_mined(path, "mine", MinedList("swing", "main", "", (), 4, items))
    text = written(path, tmp_path)
    assert "By mine: swing" in text
    assert "because &lt;x&gt;" in text
    assert f"all {len(games[2].moves)} moves" in text
    assert "1 more can't be shown" in text
    assert "no such game" in text
    with pytest.raises(UserError, match="no mined list of this name"):
        written(path, tmp_path, name="other")


def test_a_run_without_games_and_an_older_one_have_a_page(tmp_path):
    text = written(run_with(tmp_path / "empty"), tmp_path)
    assert "No games yet" in text
    assert boards_of(text) == ([], [])
    _, games = small_run(tmp_path / "run", 4)
    older = written(older_run_with(tmp_path / "older", games), tmp_path)
    assert "The moves of 4 games were not kept" in older
    assert "moves were not kept; wanted a newer run" in html.unescape(older)


def test_several_sizes_have_a_section_each(of_sizes, tmp_path):
    path, large, small = of_sizes
    text = written(path, tmp_path)
    assert re.findall(r"<h3>(\w+)</h3>", text) == ["5x5", "7x7"] * 2
    frames, boards = boards_of(text)
    assert {frame["width"] for frame in frames} == {5, 7}
    by_id = {game.id: game for game in large + small}
    assert len(by_id) == 18
    shown = re.findall(r'data-board="(\d+)" role="img" aria-label="Game (\w+), (\d)x\d', text)
    assert len(shown) == 18
    for number, game, side in shown:
        place, moves, texts, _ = boards[int(number)]
        assert frames[place]["width"] == int(side) == by_id[game].width
        stones = Position(Rules(int(side), int(side), 4.5))
        occupied = stones.play_all(moves).board.ravel() != 0
        assert not any(occupied[int(point)] for point in texts)  # a policy has no share there


def test_the_command_writes_the_file_and_says_so(tmp_path, capsys):
    path, games = small_run(tmp_path / "run", 4)
    main(["data", str(path), "page"])
    assert capsys.readouterr().out.startswith(f"{path}/dataset.html: 4 games, ")
    assert (path / "dataset.html").read_text().startswith("<!doctype html>")
    main(["data", str(path), "page", str(tmp_path / "other.html"), "--at", "played"])
    assert (tmp_path / "other.html").exists()
    for words, said in (
        (["page.txt"], "wanted a file that ends in .html"),
        (["--at", "nothing"], "wanted a branch, a tag or a commit"),
        (["--list", "nothing"], "no mined list"),
    ):
        with pytest.raises(SystemExit) as ended:
            main(["data", str(path), "page", *words])
        assert ended.value.code == 2
        told = capsys.readouterr().err
        assert said in told
        assert told.count("\n") == 1
    assert len(games) == 4


@pytest.mark.slow
@in_browser
@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("which", ["edited", "of_sizes"])
def test_axe_finds_nothing_serious_and_all_boards_are_drawn(
    which, width, scheme, tmp_path, request
):
    axe = axe_script()
    if axe is None:
        pytest.skip("wants axe-core (pip install axe-core-python)")
    written(request.getfixturevalue(which)[0], tmp_path)
    script = """
    const result = await axe.run(document, {resultTypes: ["violations"]});
    const boards = [...document.querySelectorAll("svg.board")];
    const named = one => `${one.id}: ${one.nodes[0].html}`;
    return {
      dark: matchMedia("(prefers-color-scheme: dark)").matches,
      scrolls: document.documentElement.scrollWidth,
      boards: boards.length,
      empty: boards.filter(one => one.querySelectorAll(".line").length < 10).length,
      stones: document.querySelectorAll(".board .black, .board .white").length,
      fetched: performance.getEntriesByType("resource").map(one => one.name),
      passes: result.passes.length,
      bad: result.violations.filter(one => ["serious", "critical"].includes(one.impact)).map(named),
    };
    """
    found = probed(
        tmp_path / "page.html", script, tmp_path, width=width, scheme=scheme, library=axe
    )
    assert found["dark"] == (scheme == DARK)
    assert found["scrolls"] <= width
    assert found["boards"] > 12
    assert found["empty"] == 0
    assert found["stones"] > 50
    assert found["fetched"] == []
    assert found["passes"] > 15
    assert found["bad"] == []
