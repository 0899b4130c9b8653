"""Lines of standard input, however they are cut into blocks."""

import pytest

from insei.system import lines


class Input:
    def fileno(self):
        return 0


@pytest.mark.parametrize(
    ("blocks", "said"),
    [
        ([b"na", b"me\nver", b"sion", b"\n", b"qu\xffit"], ["name", "version", "qu\ufffdit"]),
        ([b"a\n\nb\r\n"], ["a", "", "b\r"]),
        ([b"\n"], [""]),
        ([], []),
        ([b"x"] * 20_000 + [b"\ny"], ["x" * 20_000, "y"]),
    ],
)
def test_lines_are_put_together_from_blocks(monkeypatch, blocks, said):
    coming = iter([*blocks, b""])
    monkeypatch.setattr("sys.stdin", Input())
    monkeypatch.setattr("os.read", lambda descriptor, size: next(coming))
    assert list(lines.lines_of_input()) == said
