"""The rooms' arrows: engine, then agents, then selfplay and tournament, then insei."""

import ast
import re
import subprocess
import sys
from collections import Counter

import pytest

from tests.helpers.paths import ROOT

MAY_USE = {
    "system": set(),
    "engine": {"system"},
    "agents": {"system", "engine"},
    "tournament": {"system", "engine", "agents"},
    "selfplay": {"system", "engine", "agents", "tournament"},
    "insei": {"system", "engine", "agents", "selfplay", "tournament"},
}
CYTHON_IMPORT = re.compile(r"^\s*(?:from\s+([\w.]+)\s+c?import|c?import\s+([\w.]+))", re.MULTILINE)


def modules_used(path):
    """The dotted names that a file imports, wherever in it."""
    text = path.read_text()
    if path.suffix in (".pyx", ".pxd"):
        return {one or other for one, other in CYTHON_IMPORT.findall(text)}
    used = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            used |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: wanted whole names, not relative ones"
            used.add(node.module)
    return used


def files_of(room):
    """The sources below a room's folder; `insei/` links to the other rooms, which are left out."""
    return [
        path
        for suffix in ("py", "pyx", "pxd", "pyi")
        for path in (ROOT / room).rglob(f"*.{suffix}")
    ]


def room_of(module):
    """The room that a dotted name lies in; empty for what isn't ours."""
    first, _, rest = module.partition(".")
    if first != "insei":
        return ""
    second = rest.partition(".")[0]
    return second if second in MAY_USE else "insei"


@pytest.mark.parametrize("room", MAY_USE)
def test_a_room_uses_only_the_rooms_before_it(room):
    assert files_of(room)
    for path in files_of(room):
        for module in modules_used(path):
            other = room_of(module)
            assert module.split(".")[0] not in MAY_USE.keys() - {"insei"}, f"{path}: {module}"
            assert not other or other == room or other in MAY_USE[room], f"{path}: {module}"


@pytest.mark.parametrize("room", [room for room in MAY_USE if room != "system"])
def test_ray_is_imported_in_system_alone(room):
    for path in files_of(room):
        assert "ray" not in {module.split(".")[0] for module in modules_used(path)}, path


def test_openvino_is_imported_in_one_file_and_without_its_telemetry():
    """Its telemetry would tell Google Analytics of each import, from a process that it forks."""
    found = {
        path
        for room in (*MAY_USE, "benchmarks", "tests")
        for path in files_of(room)
        if "openvino" in {module.split(".")[0] for module in modules_used(path)}
    }
    assert found == {ROOT / "agents/net/openvino_runtime.py"}
    code = "import insei.agents.net.openvino_evaluator"
    assert loaded_by(code, ["openvino", "openvino_telemetry.main"]) == "['openvino']"


def test_the_engine_needs_numpy_alone_but_for_its_environments():
    headers = {"libc", "cpython", "cython"}  # that Cython has
    allowed = {"insei", "numpy"} | headers | sys.stdlib_module_names
    for path in files_of("engine"):
        more = {"gymnasium", "pettingzoo"} if path.parent.name == "environments" else set()
        others = {module.split(".")[0] for module in modules_used(path)} - allowed - more
        assert not others, path


def loaded_by(code, names):
    """Which of `names` a fresh Python has imported after running `code`."""
    check = f"import sys; {code}; print([name for name in {names!r} if name in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", check], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return done.stdout.splitlines()[-1]


@pytest.mark.parametrize(
    "code",
    [
        "import insei.main",
        "from insei.agents.grammar import make_player; make_player('influence')",
        "import insei.selfplay.worker, insei.agents.search.search_player",
        "import insei.tournament.run",
    ],
)
def test_torch_and_ray_are_loaded_only_where_they_are_used(code):
    assert loaded_by(code, ["torch", "ray", "lance"]) == "[]"


def test_pure_commands_load_no_inference_runtime():
    assert loaded_by("import insei.main", ["openvino", "scipy", "matplotlib"]) == "[]"


@pytest.mark.parametrize("words", [["--help"], ["help"], ["help", "play"], ["play", "--help"], []])
def test_help_loads_none_of_the_libraries_that_play(words):
    """What it costs: 0.2 to 0.3 s of processor time, a third of it for the layout of the text."""
    heavy = ["numpy", "textual", "torch", "ray", "openvino", "pydantic", "scipy", "pyarrow"]
    assert loaded_by(f"import insei.main; insei.main.main({words!r})", heavy) == "[]"


SOURCES = (".py", ".pyx", ".pxd", ".pyi", ".h", ".c")
EVERYWHERE = [*MAY_USE, "benchmarks", "tests"]


def sources_of(room):
    """The files of a room that people read; `insei/` links to other rooms, which are left out."""
    found = [path for path in (ROOT / room).rglob("*") if path.suffix in SOURCES]
    return [path for path in found if ".so" not in path.suffixes]


def function_lengths(path):
    """The functions of a file, each with its lines, the signature and docstring included."""
    text = path.read_text()
    if path.suffix == ".py":
        return [
            (node.name, node.end_lineno - node.lineno + 1)
            for node in ast.walk(ast.parse(text))
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        ]
    return cython_function_lengths(text.splitlines())


def cython_function_lengths(lines):
    """The functions of a Cython file: from a `def` or `cdef ...(` to where its indentation ends."""
    lengths = []
    for start, line in enumerate(lines):
        head = re.match(r"( *)(?:cdef |cpdef |def )[^=]*?(\w+)\(", line)
        if not head:
            continue
        last = start
        for number in range(start + 1, len(lines)):
            body = lines[number]
            is_inside = body.startswith((head[1] + " ", f"{head[1]})"))
            if body.strip() and not is_inside:
                break
            if body.strip():
                last = number
        lengths.append((head[2], last - start + 1))
    return lengths


@pytest.mark.parametrize("room", EVERYWHERE)
def test_no_file_is_longer_than_500_lines(room):
    lengths = {str(path): path.read_text().count("\n") for path in sources_of(room)}
    assert {path: lines for path, lines in lengths.items() if lines > 500} == {}


@pytest.mark.parametrize("room", EVERYWHERE)
def test_no_function_is_longer_than_60_lines(room):
    long = []
    for path in sources_of(room):
        if path.suffix in (".py", ".pyx"):
            long += [f"{path}: {name}" for name, lines in function_lengths(path) if lines > 60]
    assert long == []


def test_lengths_of_functions_are_counted_to_their_last_line():
    lines = ["cdef int f(", "    int a,", ") noexcept nogil:", "    return a", "", "", "x = 1"]
    assert cython_function_lengths(lines) == [("f", 4)]
    lines = ["cdef class A:", "    def g(self):", "        pass", "", "    def h(self): pass"]
    assert cython_function_lengths(lines) == [("g", 2), ("h", 1)]


@pytest.mark.parametrize("room", EVERYWHERE)
def test_no_folder_holds_more_than_25_files(room):
    crowded = Counter(path.parent for path in sources_of(room))
    assert {str(folder): files for folder, files in crowded.items() if files > 25} == {}


def test_no_test_file_imports_another():
    """What tests share is in tests/helpers/, harnesses in tests/fuzz/, fixtures in a conftest."""
    for path in (ROOT / "tests").rglob("*.py"):
        shared = {
            module
            for module in modules_used(path)
            if module.startswith("tests.")
            and not module.startswith("tests.helpers")
            and not (module.startswith("tests.fuzz.") and ".test_" not in module)
        }
        assert not shared, f"{path}: {shared}"
