"""Records in JSON: what is not one is one clear line, whatever it is."""

from dataclasses import dataclass, field
from typing import Annotated

import pytest
from annotated_types import Interval
from hypothesis import given
from hypothesis import strategies as st

from insei.system.records import (
    BadRecord,
    append_records,
    json_of,
    read_lines,
    read_record,
    record_of,
    write_record,
)


@dataclass(frozen=True)
class Inner:
    share: float


@dataclass(frozen=True)
class Record:
    count: Annotated[int, Interval(ge=0, lt=2**128)]
    inner: tuple[Inner, ...] = ()
    by_name: dict[str, float] = field(default_factory=dict)


GOOD = Record(2**127, (Inner(0.5),), {"a": 1.0})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "wanted one JSON value"),
        ("{", "not JSON"),
        ("[]", "wanted keys and values"),
        ("{}", "count: missing"),
        ('{"count": "34"}', "count: '34', wanted a whole number"),
        ('{"count": 1.0}', "count: 1.0, wanted a whole number"),
        ('{"count": true}', "count: True, wanted a whole number"),
        ('{"count": null}', "count: None, wanted a whole number"),
        ('{"count": -5}', "count: -5, wanted greater than or equal to 0"),
        ('{"count": 340282366920938463463374607431768211456}', "less than"),
        ('{"count": 1' + "0" * 5000 + "}", "not JSON"),
        ('{"count": 1, "inner": {}}', "inner: .*wanted a list"),
        ('{"count": 1, "inner": [{"share": NaN}]}', r"inner\[0\].share: nan, wanted a finite"),
        ('{"count": 1, "inner": [{"share": 1e999}]}', r"inner\[0\].share: inf, wanted a finite"),
        ('{"count": 1, "by_name": {"x": Infinity}}', "by_name.x: inf, wanted a finite number"),
        ('{"count": ' + "[" * 100_000, "not JSON"),
        ('{"count": "' + "x" * 10_000 + '"}', "count: .*wanted a whole number"),
        ('{"count": 1}, {"count": 2}', "wanted one JSON value"),
        ('{"count": 1}]', "not JSON"),
        ('"\\ud800"', "not JSON"),
    ],
)
def test_what_is_no_record_is_one_short_line(text, said):
    with pytest.raises(BadRecord, match=said) as refused:
        record_of(Record, text, "file")
    line = str(refused.value)
    assert line.startswith("file: ")
    assert "\n" not in line
    assert len(line) < 300


@given(st.binary())
def test_no_bytes_are_a_traceback(data):
    with pytest.raises(BadRecord):
        record_of(Record, data, "file")


def test_a_record_is_read_back(tmp_path):
    write_record(tmp_path / "file", GOOD)
    assert read_record(Record, tmp_path / "file") == GOOD
    with pytest.raises(ValueError, match="JSON compliant"):
        json_of(Inner(float("nan")))


def test_bad_lines_are_set_aside_and_counted(tmp_path):
    path = tmp_path / "lines"
    append_records(path, [GOOD])
    with path.open("ab") as file:
        file.write(b'\xff\n{"count": -1}\n\n')
    append_records(path, [GOOD])
    with path.open("ab") as file:
        file.write(b'{"count": 4')  # cut short by a crash
    found = read_lines(Record, path)
    assert found.records == [(1, GOOD), (5, GOOD)]
    assert [line.number for line in found.bad] == [2, 3]
    assert found.notice.startswith(f"{path}: 2 lines are set aside; line 2: not JSON")
    append_records(path, [GOOD])
    assert read_lines(Record, path).notice.startswith(f"{path}: 3 lines are set aside")


def test_a_file_that_is_not_there_has_no_lines(tmp_path):
    assert read_lines(Record, tmp_path / "nothing").values == []


def test_a_line_without_end_is_not_kept_in_memory(tmp_path, monkeypatch):
    monkeypatch.setattr("insei.system.records.MOST_OF_A_LINE", 1000)
    path = tmp_path / "lines"
    path.write_text("[" * 5000 + "\n" + json_of(GOOD) + "\n" + "x" * 3000)
    found = read_lines(Record, path)
    assert found.records == [(2, GOOD)]
    assert [line.number for line in found.bad] == [1, 3]


def test_a_file_that_is_too_large_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("insei.system.records.MOST_OF_A_FILE", 10)
    (tmp_path / "file").write_text(json_of(GOOD))
    with pytest.raises(BadRecord, match="wanted at most"):
        read_record(Record, tmp_path / "file")
