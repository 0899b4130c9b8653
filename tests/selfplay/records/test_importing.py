"""Game records into a dataset: what is read, what is left out and why, from files of many kinds."""

import gzip
import zipfile

import numpy as np
import pytest

from insei.engine.planes.replays import POINT_BITS, WHITE_BIT
from insei.engine.playouts import random_game
from insei.engine.position import Position
from insei.engine.rules import Rules
from insei.engine.sgf.record import GameRecord, write_sgf
from insei.selfplay.records import sources
from insei.selfplay.records.importing import import_records
from insei.selfplay.records.reading import UNKNOWN_RANK, Wanted, rank_read, result_told
from insei.selfplay.records.recorded_games import Ending
from insei.selfplay.records.table import RecordTable, read_games
from insei.system.errors import UserError
from tests.helpers.command import insei

RULES = Rules(9, 9, 6.5)
LINE = ";B[ee];W[cc];B[gc];W[cg];B[gg];W[ce];B[ge];W[ec];B[eg]"


def sgf_of(seed, plies=40):
    return write_sgf(GameRecord(random_game(RULES, seed, plies)))


def imported(tmp_path, *texts, wanted=None, **options):
    """The report and the rows of an import of these texts, each a file."""
    for number, text in enumerate(texts):
        data = text if isinstance(text, bytes) else text.encode()
        (tmp_path / f"{number}.sgf").write_bytes(data)
    files = [tmp_path / f"{number}.sgf" for number in range(len(texts))]
    report = import_records(files, tmp_path / "set", wanted, processes=0, **options)
    return report, rows_of(tmp_path / "set")


def rows_of(folder):
    table = RecordTable(folder).table
    return [] if table is None else table.to_table().to_pylist()


def test_a_game_is_kept_with_all_that_its_file_tells(tmp_path):
    root = "(;GM[1]SZ[9]KM[6.5]RU[Japanese]BR[5d]WR[3k]DT[2007-01-02]RE[W+3.5]"
    report, [row] = imported(tmp_path, root + LINE + ")")
    assert (report.read, report.added) == (1, 1)
    assert row["source"] == "0.sgf#0"
    told = {name: row[name] for name in ("width", "height", "komi", "rules", "territory", "date")}
    assert told == {
        "width": 9, "height": 9, "komi": 6.5, "rules": "Japanese", "territory": True,
        "date": "2007-01-02",
    }  # fmt: skip
    assert (row["winner"], row["score"], row["ending"]) == (-1, -3.5, "count")
    assert (row["black_rank"], row["white_rank"]) == ("5d", "3k")
    assert row["moves"][:2] == [40, 20 | WHITE_BIT]
    assert row["stones"] == []


@pytest.mark.parametrize(
    ("result", "told"),
    [
        ("B+3.5", (1, 3.5, Ending.COUNT)),
        ("W+R", (-1, None, Ending.RESIGNATION)),
        ("B+T", (1, None, Ending.TIME)),
        ("W+F", (-1, None, Ending.FORFEIT)),
        ("B+", (1, None, Ending.UNKNOWN)),
        ("0", (0, 0.0, Ending.COUNT)),
        ("Draw", (0, 0.0, Ending.COUNT)),
        ("Void", (None, None, Ending.VOID)),
        ("?", (None, None, Ending.UNKNOWN)),
        ("", (None, None, Ending.UNKNOWN)),
        ("B+nan", (1, None, Ending.UNKNOWN)),
        ("B+1e9", (1, None, Ending.UNKNOWN)),
    ],
)
def test_results_say_who_won_by_how_much_and_how(result, told):
    assert result_told(result) == told


def test_games_are_told_apart_by_the_reason_they_are_left_out_for(tmp_path):
    whole = "(;SZ[9]RE[B+R]" + LINE + ")"
    report, rows = imported(
        tmp_path,
        whole,
        whole,
        "(;GM[2]SZ[8]" + LINE + ")",
        "(;SZ[21]" + LINE + ")",
        "(;SZ[9]RE[B+R];B[ee])",
        "(;SZ[9]C[no move])",
        "(;SZ[9]RE[?]" + LINE + ")",
        "(;SZ[banana]" + LINE + ")",
    )
    assert report.left_out == {
        "duplicate": 1, "another game than Go": 1, "a board that we do not play": 2,
        "too short": 1, "no move": 1, "abandoned": 1,
    }  # fmt: skip
    assert report.examples["abandoned"] == "6.sgf#0"
    assert (report.read, report.added, len(rows)) == (8, 1, 1)


def test_what_breaks_the_rules_is_read_as_far_as_a_reader_reads_it(tmp_path):
    onto_a_stone = "(;SZ[9]RE[B+R]" + LINE + ";W[aa];B[aa];W[bb])"
    twice = "(;SZ[9]RE[B+R];B[ee];B[cc];W[gc];W[cg];B[gg];B[ce];W[ge];B[ec];W[eg])"
    stones = "(;SZ[9]HA[2]AB[cc][gg]RE[B+R];W[ee];B[gc];W[cg];B[ce];W[ge];B[ec];W[eg];B[aa];W[bb])"
    report, rows = imported(tmp_path, onto_a_stone, twice, stones)
    assert report.added == 3
    assert report.cut == 1
    by_source = {row["source"]: row for row in rows}
    assert by_source["1.sgf#0"]["moves"][:3] == [40, 20, 24 | WHITE_BIT]
    handicap = by_source["2.sgf#0"]
    assert handicap["handicap"] == 2
    assert sorted(handicap["stones"]) == [20, 60]
    assert handicap["moves"][0] == 40 | WHITE_BIT
    games = read_games(tmp_path / "set")
    assert (games.replays.num_legal() == games.lengths).all()


def test_setup_amid_a_game_begins_the_game_there(tmp_path):
    text = "(;SZ[9]RE[B+R];B[ee];W[cc];AB[aa][ab]" + LINE.replace("ee", "ef").replace("cc", "cd")
    report, [row] = imported(tmp_path, text + ")")
    assert report.added == 1
    assert len(row["stones"]) == 4
    games = read_games(tmp_path / "set")
    assert (games.replays.num_legal() == games.lengths).all()


def test_the_moves_are_those_that_the_reader_reads(tmp_path):
    texts = [sgf_of(seed) for seed in range(30)]
    _, rows = imported(tmp_path, "\n".join(texts))
    assert len(rows) == 30
    for seed, row in enumerate(rows):
        assert row["source"] == f"0.sgf#{seed}"
        moves = np.array(row["moves"], np.uint16)
        position = random_game(RULES, seed, 40)
        assert (moves & POINT_BITS).tolist() == position.moves
        assert ((moves & WHITE_BIT) > 0).tolist() == [mover == 2 for mover in position.movers]


def test_files_are_found_in_folders_archives_and_packed(tmp_path):
    inside = tmp_path / "games" / "deep"
    inside.mkdir(parents=True)
    (inside / "one.sgf").write_text(sgf_of(1))
    (inside / "notes.txt").write_text(sgf_of(2))
    with gzip.open(inside / "two.sgf.gz", "wt") as file:
        file.write(sgf_of(3) + sgf_of(4))
    with zipfile.ZipFile(tmp_path / "games" / "all.zip", "w") as archive:
        archive.writestr("a/three.sgf", sgf_of(5))
        archive.writestr("a/readme.md", "no game")
        archive.writestr("four.sgf", sgf_of(6).encode("utf-16"))
    report = import_records([tmp_path / "games"], tmp_path / "set", processes=0)
    found = {row["source"] for row in rows_of(tmp_path / "set")}
    assert found == {
        "one.sgf#0", "two.sgf.gz#0", "two.sgf.gz#1", "all.zip/a/three.sgf#0", "all.zip/four.sgf#0",
    }  # fmt: skip
    assert not report.unreadable


def test_another_format_is_read_too(tmp_path):
    moves = "".join(
        f"STO 0 {ply + 2} {1 + ply % 2} {2 * (ply // 19)} {ply % 19}\n" for ply in range(120)
    )
    gib = "\\HS\n\\[GAMEBLACKNAME=a\\]\n\\[GAMEWHITENAME=b\\]\n\\HE\n\\GS\n2 1 0\nINI 0 1 0 &4\n"
    (tmp_path / "game.gib").write_text(gib + moves + "\\GE\n")
    report = import_records([tmp_path], tmp_path / "set", processes=0)
    assert report.added == 1
    assert rows_of(tmp_path / "set")[0]["width"] == 19


def test_a_damaged_archive_loses_only_its_own_rest(tmp_path):
    whole = gzip.compress((sgf_of(1) + sgf_of(2)).encode())
    (tmp_path / "cut.sgf.gz").write_bytes(whole[:-20])
    (tmp_path / "none.zip").write_bytes(b"PK\x03\x04 not an archive")
    (tmp_path / "empty.sgf").write_bytes(b"")
    (tmp_path / "good.sgf").write_text(sgf_of(3))
    report = import_records([tmp_path], tmp_path / "set", processes=0)
    assert report.added >= 1
    assert [each.source for each in report.unreadable] == ["cut.sgf.gz"]
    assert any(row["source"] == "good.sgf#0" for row in rows_of(tmp_path / "set"))


def test_pieces_end_where_games_do(tmp_path, monkeypatch):
    monkeypatch.setattr(sources, "PIECE", 700)
    text = "\n".join(sgf_of(seed) for seed in range(20))
    (tmp_path / "many.sgf").write_text(text)
    pieces = list(sources.pieces_of(tmp_path / "many.sgf"))
    assert len(pieces) > 5
    assert "".join(piece.text.decode() for piece in pieces) == text
    report = import_records([tmp_path / "many.sgf"], tmp_path / "set", processes=0)
    assert report.added == 20
    assert sorted(int(row["source"].split("#")[1]) for row in rows_of(tmp_path / "set")) == list(
        range(20)
    )


def test_several_processes_find_the_same(tmp_path, monkeypatch):
    monkeypatch.setattr(sources, "PIECE", 5000)
    (tmp_path / "many.sgf").write_text("\n".join(sgf_of(seed) for seed in range(40)))
    one = import_records([tmp_path / "many.sgf"], tmp_path / "one", processes=0)
    two = import_records([tmp_path / "many.sgf"], tmp_path / "two", processes=2)
    assert (one.read, one.added) == (two.read, two.added) == (40, 40)
    assert rows_of(tmp_path / "one") == rows_of(tmp_path / "two")


def test_an_import_may_be_repeated_and_more_games_added(tmp_path):
    imported(tmp_path, sgf_of(1), sgf_of(2))
    report, rows = imported(tmp_path, sgf_of(1), sgf_of(2), sgf_of(3))
    assert (report.added, report.left_out) == (1, {"duplicate": 2})
    assert len(rows) == 3


@pytest.mark.parametrize(
    ("wanted", "left"),
    [
        (Wanted(sizes=((9, 9),)), [0, 1, 2]),
        (Wanted(sizes=((19, 19),)), [3]),
        (Wanted(first_year=2005), [1, 2, 3]),
        (Wanted(last_year=2005), [0, 1]),
        (Wanted(first_year=2005, last_year=2006), [1]),
        (Wanted(lowest_rank=5), [0]),
        (Wanted(lowest_rank=0), [0, 2]),
        (Wanted(max_handicap=0), [0, 1, 2]),
        (Wanted(min_moves=10), [3]),
    ],
)
def test_games_may_be_wanted_by_size_year_rank_and_length(wanted, left, tmp_path):
    line, longer = LINE, LINE + ";W[aa];B[bb]"
    texts = [
        f"(;SZ[9]DT[1999-05]BR[9p]WR[5d]RE[B+R]{line})",
        f"(;SZ[9]DT[2005]BR[5d]RE[B+R]{line[:-6]})",
        f"(;SZ[9]DT[2007,08]BR[1 dan]WR[1k]RE[B+R]{line[:-12]})",
        f"(;SZ[19]HA[3]AB[dd][pp][dp]DT[2010]BR[3k]WR[9d]RE[B+R]{longer[6:]})",
    ]
    more = {"min_moves": 5} if wanted.min_moves is None else {}
    wanted = Wanted(**{**wanted.__dict__, **more})
    _, rows = imported(tmp_path, *texts, wanted=wanted)
    assert sorted(int(row["source"][0]) for row in rows) == left


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("9d", 9), ("1k", 0), ("30k", -29), ("1p", 10), ("9 dan", 9), ("3級", -2), ("五段", None),
        ("", None), ("7d*", 7), ("?", None),
    ],
)  # fmt: skip
def test_ranks_are_numbers_from_kyu_to_professional(said, number):
    assert rank_read(said) == (UNKNOWN_RANK if number is None else number)


def test_the_command_counts_what_it_left_out(tmp_path):
    (tmp_path / "a.sgf").write_text(sgf_of(1) + sgf_of(1) + "(;GM[3];B[aa])")
    done = insei("import", tmp_path / "a.sgf", "--into", tmp_path / "set")
    assert done.returncode == 0, done.stderr
    assert "1 games added of 3 read" in done.stdout
    assert "1 left out: duplicate" in done.stdout
    assert "1 left out: another game than Go (first: a.sgf#2)" in done.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nothing.sgf"], "no file nothing.sgf"),
        (["a.sgf", "--size", "big"], "size 'big': wanted 19 or 13x9"),
        (["a.sgf", "--years", "then"], "years 'then': wanted years"),
        (["a.sgf", "--ranks", "good"], "ranks 'good': wanted a rank"),
        (["empty.sgf"], "no game in these files"),
    ],
)
def test_what_cant_be_imported_ends_in_one_line(words, said, tmp_path):
    (tmp_path / "a.sgf").write_text(sgf_of(1))
    (tmp_path / "empty.sgf").write_text("hello")
    done = insei("import", *words, "--into", "set", cwd=tmp_path)
    assert done.returncode == 2
    assert said in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_folder_that_is_no_dataset_is_refused(tmp_path):
    (tmp_path / "file").write_text("x")
    (tmp_path / "a.sgf").write_text(sgf_of(1))
    with pytest.raises(UserError, match="a file; wanted a folder of records"):
        import_records([tmp_path / "a.sgf"], tmp_path / "file")
    (tmp_path / "set" / "records.lance").mkdir(parents=True)
    with pytest.raises(UserError, match="no Lance dataset that can be read"):
        import_records([tmp_path / "a.sgf"], tmp_path / "set")


def test_positions_of_an_imported_game_are_those_of_the_file(tmp_path):
    _, [row] = imported(tmp_path, sgf_of(4))
    position = Position(RULES)
    for move in (np.array(row["moves"]) & POINT_BITS).tolist():
        position = position.play(move)
    assert position.board.tolist() == random_game(RULES, 4, 40).board.tolist()


@pytest.mark.parametrize(
    ("result", "is_judged"), [("W+7.5", True), ("W+6.5", True), ("W+20.5", False), ("W+R", False)]
)
def test_owners_are_kept_where_the_count_shows_that_they_are_right(tmp_path, result, is_judged):
    """Walls of both, and behind Black's a lone white stone."""
    walls = "".join(f";B[c{row}];W[d{row}]" for row in "abcdefg")
    sgf = f"(;GM[1]SZ[7]KM[0.5]RU[Chinese]RE[{result}]{walls};B[];W[bd];B[];W[])"
    (tmp_path / "game.sgf").write_text(sgf)
    for judges in (False, True):
        folder = tmp_path / f"judged-{judges}"
        import_records([tmp_path / "game.sgf"], folder, judges=judges, processes=0)
        owned = read_games(folder).ownership
        assert list(owned) == ([0] if judges and is_judged else [])
    if is_judged:
        assert (owned[0][:, :3] == 1).all()
        assert (owned[0][:, 3:] == -1).all()


@pytest.mark.parametrize(
    ("result", "passes", "added"),
    [
        ("W+7.5", "", 2),
        ("0", "", 2),
        ("W+7.5", ";B[]", 1),
        ("W+7.5", ";B[tt];W[]", 0),
        ("W+R", "", 0),
        ("W+T", "", 0),
        ("?", "", 0),
    ],
)
def test_a_counted_game_ends_with_two_passes(tmp_path, result, passes, added):
    """A net that never saw a pass plays on until it has filled its own eyes."""
    walls = "".join(f";B[b{row}];W[d{row}]" for row in "abcde")
    _, [game] = imported(tmp_path, f"(;SZ[5]KM[7]RE[{result}]{walls}{passes})")
    written = 10 + passes.count(";")
    assert len(game["moves"]) == written + added
    assert game["moves"][10:] == [25, 25 | WHITE_BIT][: len(game["moves"]) - 10]


def test_a_counted_game_that_was_cut_short_gets_no_passes(tmp_path):
    _, [game] = imported(tmp_path, f"(;SZ[9]KM[7]RE[W+7.5]{LINE})")
    assert len(game["moves"]) == 9
