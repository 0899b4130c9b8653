"""The compiled modules and the one table of Cython directives.

The rooms lie at the top of the repository; `insei/` links to each, so that they are imported, and
compiled, as `insei.engine`, `insei.agents`, ... (CONTRIBUTING.md says why).

INSEI_CHECKED=1   bounds checks, None checks and C assertions: the same tests must pass
INSEI_SANITIZED=1 watched by AddressSanitizer and UndefinedBehaviorSanitizer; see `make hardened`
INSEI_NATIVE=1    code for this very processor (-march=native); portable otherwise: x86-64-v2, as
                  numpy is, with code for AVX2 that is chosen as the program runs (spread.h,
                  softmax.h)
"""

import os
import platform
import sys

import numpy
from Cython.Build import cythonize
from setuptools import Extension, setup

CHECKED = os.environ.get("INSEI_CHECKED") == "1"
NATIVE = os.environ.get("INSEI_NATIVE") == "1"
SANITIZED = os.environ.get("INSEI_SANITIZED") == "1"
MODE = "checked" if CHECKED else "sanitized" if SANITIZED else "native" if NATIVE else "release"

DIRECTIVES = {
    "language_level": "3",
    "embedsignature": True,
    "cdivision": True,
    "boundscheck": CHECKED,
    "wraparound": False,
    "initializedcheck": CHECKED,
    "nonecheck": CHECKED,
    "freethreading_compatible": False,
}

MODULES = [
    "insei.engine.board",
    "insei.engine.reading.benson",
    "insei.engine.reading.territory",
    "insei.engine.reading.liberties",
    "insei.engine.state",
    "insei.engine.state_door",
    "insei.engine.position",
    "insei.engine.planes.net_planes",
    "insei.engine.playouts",
    "insei.engine.positions",
    "insei.engine.sgf.scanner",
    "insei.engine.sgf.scanned_game",
    "insei.engine.sgf.replay",
    "insei.engine.reading.ladders",
    "insei.engine.planes.feature_planes",
    "insei.engine.planes.extra_planes",
    "insei.engine.planes.replays",
    "insei.agents.search.walk",
    "insei.agents.search.tree",
    "insei.agents.search.gumbel",
    "insei.agents.search.puct",
    "insei.agents.search.cache",
    "insei.agents.search.batch",
    "insei.agents.search.results",
    "insei.agents.search.forest",
    "insei.agents.handwritten.capture",
    "insei.agents.handwritten.static_evaluation",
    "insei.agents.handwritten.solver_bounds",
    "insei.agents.handwritten.influence",
    "insei.agents.handwritten.alphabeta_search",
    "insei.agents.handwritten.alphabeta",
    "insei.agents.handwritten.pattern_playouts",
    "insei.agents.handwritten.playout_ownership",
    "insei.agents.handwritten.uct",
]

# Helpers of the tests: built in place with the others, and left out of wheels.
if "bdist_wheel" not in sys.argv and os.path.exists("tests/helpers/compiled.pyx"):
    MODULES.append("tests.helpers.compiled")

# No result depends on errno or on floating-point traps; without them loops become vectors.
# Threads where the compiler brings OpenMP along; elsewhere the same loops run on one.
OPENMP = ["-fopenmp"] if sys.platform == "linux" else []
THREADED = {"insei.agents.search.batch": OPENMP, "insei.engine.planes.replays": OPENMP}

SANITIZERS = ["-fsanitize=address,undefined"] if SANITIZED else []

FLAGS = ["-O3", "-fno-math-errno", "-fno-trapping-math"]
FLAGS += ["-Wno-unreachable-code", "-Wno-unused-function", "-Wno-discarded-qualifiers"]
if NATIVE:
    FLAGS.append("-march=native")
elif platform.machine() in ("x86_64", "AMD64"):
    FLAGS += ["-msse4.2", "-mpopcnt"]
if SANITIZED:
    FLAGS += ["-O1", "-g", *SANITIZERS, "-fno-sanitize-recover=undefined"]
    FLAGS += ["-fno-omit-frame-pointer"]
if CHECKED:
    FLAGS += ["-O1", "-g", "-UNDEBUG"]

extensions = [
    Extension(
        name,
        [name.replace(".", "/") + ".pyx"],
        include_dirs=[numpy.get_include(), "."],
        depends=["insei/engine/spread.h", "insei/agents/search/softmax.h"],
        extra_compile_args=FLAGS + THREADED.get(name, []),
        extra_link_args=THREADED.get(name, []) + SANITIZERS,
        define_macros=[
            ("NPY_NO_DEPRECATED_API", "NPY_1_7_API_VERSION"),
            ("INSEI_BUILD", f'"{MODE}"'),
        ],
    )
    for name in MODULES
]

setup(
    ext_modules=cythonize(
        extensions,
        build_dir=f"build/cython-{MODE}",
        compiler_directives=DIRECTIVES,
        nthreads=2,
    ),
    options={"build": {"build_base": f"build/{MODE}"}},
)
