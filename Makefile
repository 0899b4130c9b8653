# make demo    learn 5x5 from nothing, then hold a tournament: 5 to 30 minutes on two cores
# make test    format, lint, types, tests: the gate
# make fast    the tests that take seconds
# make slow    those that take longer: 25 minutes on two cores
# make deep    100,000 random games against the slow reference
# make checked the engine's tests again on a build with bounds checks
# make fuzz    five minutes of fuzzing, which keeps what it finds in build/fuzz
# make docs    the documents as a site, in build/site
# make hardened those, and the tests of engine, search and players under AddressSanitizer and UBSan

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/installed
# cython-lint looks for pycodestyle on the path.
export PATH := $(CURDIR)/$(BIN):$(PATH)
SOURCES := $(shell git ls-files '*.pyx' '*.pxd' '*.h')

ENGINE_TESTS := $(addprefix tests/engine/test_,$(addsuffix .py,rule_cases position engine_edges positions \
	benson scoring deep_games perft doors ladder_reading feature_planes liberties replays collisions \
	hostile_callers)) tests/engine/sgf

SEARCH_TESTS := $(addprefix tests/agents/search/test_,$(addsuffix .py,forest gumbel puct subtree \
	ownership search_results walk avoided extra_planes))

.PHONY: demo test lint types fast slow deep checked sanitized hardened fuzz benchmark docs clean

demo: $(INSTALLED)
	$(BIN)/insei demo

test: lint types fast slow

lint: $(INSTALLED)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/cython-lint --max-line-length 100 engine agents tests

types: $(INSTALLED)
	$(BIN)/mypy

fast: $(INSTALLED)
	$(BIN)/pytest -n 2 --dist worksteal -m "not slow"

# Rules and search on both cores; what times processes has the machine to itself.
slow: $(INSTALLED)
	$(BIN)/pytest -n 2 --dist worksteal -m slow tests/engine tests/agents
	$(BIN)/pytest -m slow --ignore tests/engine --ignore tests/agents --durations=15

# Two of ten shares at a time; five minutes of one core in all.
deep: $(INSTALLED)
	seq 0 9 | INSEI_DEEP_GAMES=100000 xargs -P 2 -I SHARE $(BIN)/pytest -q -p no:cacheprovider \
		"tests/engine/test_deep_games.py::test_games_by_any_rules_match_the_reference[SHARE]"

# In copies, so that the working tree keeps its fast build.
checked: $(INSTALLED)
	rm -rf build/checked-tree
	mkdir -p build/checked-tree
	git ls-files -z | xargs -0 cp -P --parents -t build/checked-tree
	cd build/checked-tree && INSEI_CHECKED=1 ../../$(BIN)/python setup.py -q build_ext --inplace
	cd build/checked-tree && INSEI_CHECKED=1 ../../$(BIN)/python -m pytest -m "not slow" \
		$(ENGINE_TESTS) tests/engine/test_checked_build.py tests/agents/test_agent_doors.py \
		$(SEARCH_TESTS) tests/agents/handwritten/test_handwritten.py

sanitized: $(INSTALLED)
	rm -rf build/sanitized-tree
	mkdir -p build/sanitized-tree
	git ls-files -z | xargs -0 cp -P --parents -t build/sanitized-tree
	cd build/sanitized-tree && INSEI_SANITIZED=1 ../../$(BIN)/python setup.py -q build_ext --inplace
	cd build/sanitized-tree && LD_PRELOAD=$$(gcc -print-file-name=libasan.so) \
		ASAN_OPTIONS=detect_leaks=0 ../../$(BIN)/python -m pytest -m "not slow" $(ENGINE_TESTS) \
		tests/agents/test_agent_doors.py $(SEARCH_TESTS) tests/agents/handwritten

hardened: checked sanitized

fuzz: $(VENV)/fuzz-installed
	$(BIN)/python -m tests.fuzz.run --seconds 300

$(VENV)/fuzz-installed: $(INSTALLED)
	$(BIN)/pip install --quiet -e '.[fuzz]'
	touch $@

benchmark: $(INSTALLED)
	$(BIN)/python -m benchmarks.engine
	$(BIN)/python -m benchmarks.inference
	$(BIN)/python -m benchmarks.search
	$(BIN)/python -m benchmarks.tree
	$(BIN)/python -m benchmarks.selfplay
	$(BIN)/python -m benchmarks.learner
	$(BIN)/python -m benchmarks.records
	$(BIN)/python -m benchmarks.history
	$(BIN)/python -m benchmarks.table
	$(BIN)/python -m benchmarks.client

docs: $(VENV)/docs-installed
	$(BIN)/python -m docs.write_configuration
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --quiet --strict

$(VENV)/docs-installed: $(INSTALLED)
	$(BIN)/pip install --quiet -e '.[docs]'
	touch $@

# torch is pinned: on a machine without a GPU this version comes as the small build.
$(INSTALLED): pyproject.toml setup.py $(SOURCES)
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet torch==2.13.0 -e '.[dev]'
	touch $@

clean:
	rm -rf build $(VENV) *.egg-info
	find engine agents tests -name '*.so' -delete
