"""`import insei` registers its environments, whichever is imported first, and loads no library."""

import subprocess
import sys

import pytest

import insei
from insei.system.version import version
from tests.helpers.paths import ROOT

LIBRARIES = ["gymnasium", "numpy", "torch", "ray", "importlib.metadata"]
MAKES = "print(gymnasium.make('insei/Go-v0', board_size=5).spec.id)"


def said_by(code):
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return done.stdout.split()


@pytest.mark.parametrize(
    "code",
    [
        "import insei, gymnasium",
        "import gymnasium, insei",
        "import insei, importlib.util; importlib.util.find_spec('gymnasium'); import gymnasium",
        "import insei.engine.position, gymnasium.vector; import gymnasium",
        "from insei.engine.environments.go_env import GoEnv; import gymnasium",
        "import gymnasium; gymnasium.make('insei:insei/Go-v0')",
    ],
)
def test_importing_insei_registers_its_environments(code):
    assert said_by(f"{code}; {MAKES}") == ["insei/Go-v0"]


def test_importing_insei_loads_no_library():
    code = f"import insei, sys; print(*[name for name in {LIBRARIES} if name in sys.modules])"
    assert said_by(code) == []


def test_the_watch_is_gone_once_gymnasium_is_loaded():
    code = "import insei, gymnasium, sys; print(*[type(one).__name__ for one in sys.meta_path])"
    assert "GymnasiumWatch" not in said_by(code)


def test_insei_knows_its_version():
    assert insei.__version__ == version()
    with pytest.raises(AttributeError, match="no attribute '__versoin__'"):
        insei.__versoin__  # noqa: B018
