"""Collections of real games, in whatever folder INSEI_SGF names.

GNU Go's source, for one, holds 1,765 files (regression/games).
"""

import os
from pathlib import Path

import pytest

from insei.engine.sgf.record import read_sgf, write_sgf
from insei.engine.sgf.variations import read_variations, write_variations

FOLDER = os.environ.get("INSEI_SGF", "")


@pytest.mark.skipif(not FOLDER, reason="INSEI_SGF names no folder of games")
def test_every_game_is_read_and_comes_back():
    files = sorted(path for path in Path(FOLDER).rglob("*.sgf") if path.stat().st_size)
    assert files, f"no SGF files under {FOLDER}"
    refused = []
    for path in files:
        try:
            record = read_sgf(path.read_bytes())
            tree = read_variations(path.read_bytes())
        except ValueError as error:
            refused.append(f"{path}: {error}")
            continue
        record.position.check()
        again = read_sgf(write_sgf(record))
        assert again.position == record.position, path
        assert record.result in ("", again.result), path
        main_line = read_variations(write_variations(tree)).start.main_line()
        assert main_line[-1].position == tree.start.main_line()[-1].position, path
    print(f"{len(files) - len(refused)} of {len(files)} files read", *refused, sep="\n")
    assert not refused
