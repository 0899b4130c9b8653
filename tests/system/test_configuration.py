"""Configurations: plain YAML to checked dataclasses, and what is said of a bad one."""

import pickle
import re
import time
from dataclasses import dataclass, field
from typing import Annotated, ClassVar, Literal

import pytest

from insei.system.configuration import build, differing, to_yaml, with_settings
from insei.system.plain_yaml import BadConfig, parse_yaml, read_yaml
from insei.system.setting import BadSetting, Setting, check_settings


@dataclass(frozen=True)
class Oven:
    heat: Annotated[float, Setting("of the air", 20, 300, unit="degrees")] = 200.0
    fan: bool = False
    shelf: Annotated[Literal["top", "bottom"], Setting("where it goes")] = "top"
    timer: Annotated[int | None, Setting("null: none", 1, 99, once_null=0)] = None

    light: ClassVar[bool] = True

    def __post_init__(self) -> None:
        check_settings(self)


@dataclass(frozen=True)
class Topping:
    name: str
    grams: Annotated[int, Setting("weight", 0, 1000, multiple_of=2)] = 10


@dataclass(frozen=True)
class Pizza:
    FORMER_NAMES = (("extras", "toppings"),)

    size: Annotated[int, Setting("across", 10, 50, unit="cm")] = 30
    share: Annotated[float, Setting("of it", above=0, below=1)] = 0.5
    toppings: tuple[Topping, ...] = ()
    oven: Oven = field(default_factory=Oven)

    def __post_init__(self) -> None:
        check_settings(self)
        if self.size > 40 and self.oven.heat > 250:
            raise ValueError("a large pizza burns: wanted less heat")


def read(text):
    return build(Pizza, parse_yaml(text, "text"))


def test_a_configuration_is_written_and_read_back():
    config = Pizza(toppings=(Topping("1e3", 4), Topping("no"), Topping("2020-01-01")))
    assert read(to_yaml(config)) == config
    assert read("") == Pizza()


def test_values_have_the_types_of_their_fields():
    config = read("oven: {heat: 1e2, timer: 3}\ntoppings: [{name: salt}]")
    assert config.oven == Oven(100.0, timer=3)
    assert isinstance(config.oven.heat, float)
    assert config.toppings == (Topping("salt"),)
    assert isinstance(read("share: .25").share, float)


def test_older_files_keep_their_meaning():
    assert read("oven: {timer: 0}").oven.timer is None
    assert read("extras: [{name: salt}]").toppings == (Topping("salt"),)
    assert read("oven: {light: true}") == Pizza()
    with pytest.raises(BadConfig, match=r"^oven.light: False, wanted True, a constant$"):
        read("oven: {light: false}")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("siz: 3", "unknown key siz: did you mean size?"),
        ("oven: {heet: 3}", "unknown key oven.heet: did you mean oven.heat?"),
        ("heat: 3", "unknown key heat: did you mean oven.heat?"),
        ("oven: {share: 3}", "unknown key oven.share: did you mean share?"),
        ("toppings: [{nam: 3}]", "unknown key toppings[0].nam: did you mean toppings[0].name?"),
        ("xyzzy: 3", "unknown key xyzzy: wanted one of size, share, toppings, oven"),
        ("1: 3", "unknown key 1: wanted one of size, share, toppings, oven"),
        ("size: many", "size: 'many', wanted a whole number"),
        ("size: 2.5", "size: 2.5, wanted a whole number"),
        ("size: true", "size: True, wanted a whole number"),
        ("share: x", "share: 'x', wanted a number"),
        ("oven: 9", "oven: 9, wanted keys and values"),
        ("oven: {fan: 1}", "oven.fan: 1, wanted true or false"),
        ("oven: {shelf: up}", "oven.shelf: 'up', wanted top or bottom"),
        ("oven: {timer: x}", "oven.timer: 'x', wanted a whole number"),
        ("toppings: salt", "toppings: 'salt', wanted a list"),
        ("toppings: [salt]", "toppings[0]: 'salt', wanted keys and values"),
        ("toppings: [{grams: 2}]", "toppings[0].name: missing"),
        ("toppings: [{name: 7}]", "toppings[0].name: 7, wanted text"),
        ("size: 9", "size: 9, wanted 10 to 50"),
        ("size: 1000000000000000000000000000000", "size: 1" + "0" * 30 + ", wanted 10 to 50"),
        ("share: 0", "share: 0.0, wanted above 0, to below 1"),
        ("share: .nan", "share: nan, wanted above 0, to below 1"),
        ("oven: {heat: .inf}", "oven.heat: inf, wanted 20 to 300"),
        ("oven: {timer: 100}", "oven.timer: 100, wanted 1 to 99"),
        ("size: 50\noven: {heat: 300}", "a large pizza burns: wanted less heat"),
        ('toppings: [{name: "\\ud800"}]', "not Unicode: "),
    ],
)
def test_a_bad_value_is_told_by_its_key_and_what_was_wanted(text, said):
    with pytest.raises(BadConfig) as caught:
        read(text)
    assert str(caught.value).startswith(said)
    assert "\n" not in str(caught.value)


BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{name}: &{name} [{','.join([f'*{before}'] * 9)}]\n"
    for before, name in zip("abcdefghij", "bcdefghijk", strict=True)
)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[1, 2]", "list, wanted keys and values"),
        ("a: [", "not plain YAML"),
        ("size: 1\nshare: 2\nsize: 3", "not plain YAML: line 3: key size stands twice"),
        ("oven: {heat: 7, heat: 9}", "key heat stands twice"),
        (BOMB, "line 2: alias *a, wanted the value itself"),
        ("a: " + "[" * 500, "wanted at most 20 levels"),
        ("a: " + "{b: " * 500 + "1" + "}" * 500, "wanted at most 20 levels"),
        ("a: !!timestamp x", "tag tag:yaml.org,2002:timestamp, wanted a plain value"),
        ("a: !!bool maybe", "tag tag:yaml.org,2002:bool, wanted a plain value"),
        ("a: !!python/name:os.system x", "tag tag:yaml.org,2002:python/name:os.system"),
        ("a: 2020-13-01", "date 2020-13-01, wanted text in quotes"),
        ("a: =", "not plain YAML"),
        ("? [a]: b", "not plain YAML"),
        ("a: " + "1" * 5000, "not plain YAML"),
        ("a: \x01", "not plain YAML"),
    ],
)
def test_yaml_that_is_not_plain_is_refused_in_one_line_and_at_once(text, said):
    began = time.process_time()
    with pytest.raises(BadConfig) as caught:
        parse_yaml(text, "text")
    assert time.process_time() - began < 2
    assert said in str(caught.value)
    assert str(caught.value).startswith("text: ")
    assert "\n" not in str(caught.value)


def test_a_file_that_cannot_be_read_is_named(tmp_path):
    with pytest.raises(BadConfig, match=r"no file .*nowhere.yaml: wanted a YAML configuration"):
        read_yaml(tmp_path / "nowhere.yaml")
    with pytest.raises(BadConfig, match="wanted a YAML configuration"):
        read_yaml(tmp_path)
    (tmp_path / "latin.yaml").write_bytes(b"name: \xe9")
    with pytest.raises(BadConfig, match=r"latin.yaml: .*wanted a YAML configuration"):
        read_yaml(tmp_path / "latin.yaml")


def test_settings_lay_over_a_file():
    values = with_settings({"a": {"b": 1, "c": 2}}, ["a.b=3", "d=[x, y]", "e.f=1e-3", "g=null"])
    assert values == {"a": {"b": 3, "c": 2}, "d": ["x", "y"], "e": {"f": 1e-3}, "g": None}
    for word in ("a", "=3", "a.b.c=1"):
        with pytest.raises(BadConfig, match="setting"):
            with_settings({"a": {"b": 1}}, [word])
    for word in ("players=[a", "d=2020-13-01"):
        with pytest.raises(BadConfig, match=f"setting '{re.escape(word)}': not plain YAML"):
            with_settings({}, [word])


def test_the_constructor_checks_the_bounds_too():
    with pytest.raises(BadSetting, match=r"^size 9: wanted 10 to 50$") as caught:
        Pizza(size=9)
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)
    for bad in (True, 10.0, "10", float("nan")):
        with pytest.raises(BadSetting, match="wanted a whole number, 10 to 50"):
            Pizza(size=bad)
    with pytest.raises(BadSetting, match="shelf 'up': wanted one of top, bottom"):
        Oven(shelf="up")
    with pytest.raises(BadSetting, match="heat nan: wanted 20 to 300"):
        Oven(heat=float("nan"))


def test_keys_that_differ_are_told_by_their_paths():
    other = Pizza(size=20, oven=Oven(heat=100.0))
    assert differing(Pizza(), other) == ["size", "oven.heat"]
    assert differing(Pizza(), Pizza()) == []


@pytest.mark.parametrize(
    ("setting", "bounds"),
    [
        (Setting("", 1, 9), "1 to 9"),
        (Setting("", 0), "0 or more"),
        (Setting("", above=0, high=1), "above 0, to 1"),
        (Setting("", 0, below=1), "0 to below 1"),
        (Setting("", 2, 10, multiple_of=2), "an even number, 2 to 10"),
        (Setting("", 4, 12, multiple_of=4), "a multiple of 4, 4 to 12"),
        (Setting(""), ""),
    ],
)
def test_bounds_are_said_in_words(setting, bounds):
    assert setting.bounds == bounds
