"""The documents are true where a program can tell: links, anchors, commands, Python."""

import ast
import doctest
import itertools
import re
import shlex

import pytest
import yaml
from cyclopts import CycloptsError

from insei.main import COMMANDS, NAMES, app
from insei.selfplay.train_config import TrainConfig
from insei.system.configuration import build, with_settings
from insei.tournament.tournament_config import TournamentConfig
from tests.helpers.paths import ROOT

README = ROOT / "README.md"
DOCUMENTS = [README, ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
DOCUMENTS.append(ROOT / "docs" / "results" / "README.md")
MOST_BYTES = 8192
BENCHMARK = re.compile(r"python -m benchmarks\.(\w+)((?: --[\w-]+| \w+)*)")
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
CODE = re.compile(r"`([^`\n]+)`")
COMMAND = re.compile(r'(?:^|[\s/"(])(?:insei|python -m insei) ([^"]*(?:"[^"]*"[^"]*)*)')
PLACEHOLDER = re.compile(r"^[A-Z]+$")
CONFIGURED = {"train": TrainConfig, "tournament": TournamentConfig}


def name_of(path):
    return str(path.relative_to(ROOT))


def github_anchor(heading):
    """A heading's anchor as GitHub makes it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def site_anchor(heading):
    """A heading's anchor as Python-Markdown makes it, for the site."""
    ascii_only = heading.encode("ascii", "ignore").decode().lower()
    return re.sub(r"[-\s]+", "-", re.sub(r"[^\w\s-]", "", ascii_only).strip())


def headings_of(path):
    text = FENCE.sub("", path.read_text())
    lines = re.findall(r"^#+ +(.+?) *$", text, re.MULTILINE)
    return [re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", line).replace("`", "") for line in lines]


def broken_links(path):
    """Relative links of a document that lead nowhere."""
    broken = []
    for target in LINK.findall(FENCE.sub("", path.read_text())):
        if re.match(r"[a-z]+:", target):
            continue
        file, _, anchor = target.partition("#")
        there = (path.parent / file).resolve() if file else path
        if not there.exists():
            broken.append(target)
        elif path.parent == ROOT / "docs" and not there.is_relative_to(ROOT / "docs"):
            broken.append(f"{target}, which is outside the site")
        elif anchor:
            found = headings_of(there)
            if anchor not in {github_anchor(one) for one in found}:
                broken.append(f"{target}: no such heading on GitHub")
            if anchor not in {site_anchor(one) for one in found}:
                broken.append(f"{target}: no such heading on the site")
    return broken


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_every_link_and_anchor_of_a_document_exists(path):
    assert broken_links(path) == []


def test_a_link_that_leads_nowhere_is_found(tmp_path):
    (tmp_path / "there.md").write_text("# A heading, of two parts\n")
    page = tmp_path / "page.md"
    page.write_text(
        "[a](there.md#a-heading-of-two-parts) [b](gone.md) [c](there.md#other) [d](https://a.b)"
    )
    assert [one.partition(":")[0] for one in broken_links(page)] == [
        "gone.md",
        "there.md#other",
        "there.md#other",
    ]


def test_the_readme_is_short():
    assert len(README.read_bytes()) <= MOST_BYTES


def test_the_python_of_the_readme_gives_what_it_says():
    blocks = re.findall(r"^```python\n(.*?)^```", README.read_text(), re.MULTILINE | re.DOTALL)
    assert blocks
    for block in blocks:
        runner = doctest.DocTestRunner(verbose=False)
        runner.run(doctest.DocTestParser().get_doctest(block, {}, "README", str(README), 0))
        assert runner.tries > 0
        assert runner.failures == 0


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_every_python_block_of_a_document_is_python(path):
    for block in re.findall(r"^```python\n(.*?)^```", path.read_text(), re.MULTILINE | re.DOTALL):
        if ">>>" not in block:
            ast.parse(block)


def code_of(text):
    """The pieces of code in a document: its blocks by logical line, and code within lines."""
    plain = FENCE.sub("", text)
    blocks = [found.partition("\n")[2].rpartition("\n")[0] for found in FENCE.findall(text)]
    indented = re.findall(r"(?:^(?: {4}|\t).*\n?)+", plain, re.MULTILINE)
    lines = "\n".join([*blocks, *indented]).replace("\\\n", " ").splitlines()
    prose = re.sub(r"^(?: {4}|\t).*$", "", plain, flags=re.MULTILINE)
    return [line.strip() for line in lines] + CODE.findall(prose)


def commands_of(text):
    """The words of each command of insei in a document, without the program's name."""
    found = []
    for line in code_of(text):
        for match in COMMAND.finditer(line):
            words = match.group(1)
            if line[match.start()] == '"':  # a command within another one's quotes
                words = words.partition('"')[0]
            split = shlex.split(words.partition(" > ")[0], comments=True)
            if split and not PLACEHOLDER.match(split[0]) and split != ["..."]:
                found.append(split)
    return found


def problem_with(words):
    """Why a command would be refused, or None."""
    name, *rest = words
    if name not in {NAMES.get(command, command.__name__) for command in COMMANDS}:
        return f"no command {name}"
    if not rest or "--help" in rest:
        return None
    try:
        app.parse_args(words, exit_on_error=False, print_error=False)
    except CycloptsError as error:
        return str(error)
    return problem_with_configuration(name, rest)


def problem_with_configuration(name, words):
    """Why the configuration that a command names, or its settings, would be refused, or None."""
    if name not in CONFIGURED or "NAME" in words[0] or "=" in words[0] or words[0] == "--list":
        return None
    file = ROOT / words[0]
    if not file.suffix and len(file.relative_to(ROOT).parts) == 1:
        file = ROOT / "configs" / f"{words[0]}.yaml"
    settings = [value for key, value in itertools.pairwise(words) if key == "--set"]
    settings = [one for one in settings if not one.startswith("KEY=") and not one.endswith("=...")]
    if file.suffix == ".yaml" and not file.is_file():
        return f"no file {words[0]}"
    try:
        values = yaml.safe_load(file.read_text()) if file.suffix == ".yaml" else {}
        build(CONFIGURED[name], with_settings(values, settings))
    except ValueError as error:
        return str(error)
    return None


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_every_command_of_a_document_would_be_understood(path):
    commands = commands_of(path.read_text())
    problems = {" ".join(words): problem_with(words) for words in commands}
    assert {words: why for words, why in problems.items() if why} == {}


def test_the_documents_quote_commands_in_blocks_and_within_lines():
    text = '`insei play 3`\n\n    insei rate x \\\n        --games 4  # why\n    x "insei gtp" y\n'
    assert commands_of(text) == [["rate", "x", "--games", "4"], ["gtp"], ["play", "3"]]
    assert len(commands_of(README.read_text())) > 10


@pytest.mark.parametrize(
    "words",
    [
        ["plya"],
        ["rate", "x", "--game", "4"],
        ["rate", "x", "--games", "many"],
        ["tournament", "configs/no-such-file.yaml"],
        ["tournament", "no-such-name"],
        ["train", "configs/go5.yaml", "--set", "learner.rate=1"],
    ],
    ids=" ".join,
)
def test_a_wrong_command_in_a_document_is_found(words):
    assert problem_with(words)


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_every_benchmark_and_make_target_of_a_document_exists(path):
    targets = re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    for line in code_of(path.read_text()):
        for module, options in re.findall(
            r"python -m benchmarks\.(\w+)((?: --[\w-]+| \w+)*)", line
        ):
            source = ROOT / "benchmarks" / f"{module}.py"
            assert source.is_file(), line
            known = source.read_text() + (ROOT / "benchmarks" / "measure.py").read_text()
            for option in re.findall(r"--[\w-]+", options):
                assert f'"{option}"' in known, line
        for target in re.findall(r"^make ([\w-]+)", line):
            assert target in targets, line


def test_the_site_lists_every_document():
    named = set(re.findall(r"(\w+\.md)", (ROOT / "mkdocs.yml").read_text()))
    assert named == {path.name for path in (ROOT / "docs").glob("*.md")}


def test_the_log_of_experiments_is_dated_and_newest_first():
    headings = headings_of(ROOT / "docs" / "experiments.md")[1:]
    dates = [re.fullmatch(r"(\d{4}-\d\d-\d\d) · [^:]+: .+", one) for one in headings]
    assert all(dates), headings
    found = [one.group(1) for one in dates]
    assert found == sorted(found, reverse=True)
