"""`help()` of each public name of the Python API is a text to learn it from."""

import importlib
import pydoc

import pytest

from insei.engine.position import Position
from insei.engine.positions import Positions

# Modules and their public names, methods by their class. Whoever adds a public name adds it here.
PUBLIC = {
    "insei.engine.rules": ["Rules", "tromp_taylor"],
    "insei.engine.position": [
        "Position",
        "Position.play",
        "Position.legal_mask",
        "Position.legal_moves",
        "Position.score",
        "Position.pass_alive",
    ],
    "insei.engine.positions": ["Positions", "Positions.step"],
    "insei.engine.planes.net_planes": ["planes"],
    "insei.engine.sgf.record": ["read_sgf", "write_sgf"],
    "insei.engine.environments.go_env": ["GoEnv"],
    "insei.engine.environments.go_vector_env": ["GoVectorEnv"],
    "insei.engine.environments.go_aec_env": ["GoAECEnv"],
    "insei.agents.grammar": ["make_player"],
    "insei.agents.search.search_player": ["SearchPlayer"],
    "insei.agents.search.forest": ["Forest"],
    "insei.tournament.match": ["play_game"],
}
NAMES = [(module, name) for module, names in PUBLIC.items() for name in names]


def public(module, name):
    """What a public name stands for."""
    thing = importlib.import_module(module)
    for part in name.split("."):
        thing = getattr(thing, part)
    return thing


def text_of(thing, name):
    """A docstring without the signature that Cython writes as its first line."""
    first, _, rest = (thing.__doc__ or "").strip().partition("\n")
    return rest.strip() if first.startswith(f"{name}(") else (thing.__doc__ or "").strip()


@pytest.mark.parametrize(("module", "name"), NAMES, ids=[name for _, name in NAMES])
def test_help_says_what_a_public_name_does(module, name):
    thing = public(module, name)
    text = text_of(thing, name)
    assert len(text.split()) >= 8, f"help({name}) says {text!r}"
    assert text.splitlines()[0] in pydoc.plaintext.document(thing)


@pytest.mark.parametrize(
    ("module", "name", "arguments"),
    [
        ("insei.engine.rules", "Rules", ["width", "height", "komi", "ko", "suicide", "scoring"]),
        ("insei.engine.position", "Position", ["rules", "board", "to_play"]),
        ("insei.engine.position", "Position.play", ["move", "IllegalMove", "GameOver"]),
        ("insei.engine.position", "Position.score", ["dead", "ValueError"]),
        ("insei.engine.positions", "Positions", ["rules", "num_games"]),
        (
            "insei.engine.positions",
            "Positions.step",
            ["moves", "masks", "planes", "reply_seed", "max_plies", "IllegalMove"],
        ),
        ("insei.engine.planes.net_planes", "planes", ["frame_height", "frame_width", "symmetry"]),
        ("insei.engine.sgf.record", "read_sgf", ["text", "rules", "BadSgf"]),
        ("insei.engine.environments.go_env", "GoEnv", ["render_mode", "board_size", "opponent"]),
    ],
)
def test_help_explains_the_arguments_and_errors(module, name, arguments):
    text = text_of(public(module, name), name)
    missing = [argument for argument in arguments if f"{argument}:" not in text.replace(", ", ": ")]
    assert not missing, f"help({name}) does not explain {missing}"


def compiled_doors():
    """The public methods, properties and functions of the compiled engine, by name."""
    doors = {}
    for kind in (Position, Positions):
        doors |= {f"{kind.__name__}.{name}": vars(kind)[name] for name in vars(kind)}
    for module in ("playouts", "planes.net_planes", "planes.feature_planes", "reading.ladders"):
        made = importlib.import_module(f"insei.engine.{module}")
        own = {name: thing for name, thing in vars(made).items() if callable(thing)}
        doors |= {name: own[name] for name in own if own[name].__module__ == made.__name__}
    return {name: thing for name, thing in doors.items() if not name.split(".")[-1].startswith("_")}


def test_each_door_of_the_compiled_engine_has_a_text():
    doors = compiled_doors()
    assert {"Position.hash", "Positions.step", "random_game", "is_caught"} <= set(doors)
    assert [name for name, thing in doors.items() if not text_of(thing, name)] == []
