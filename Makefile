# Everything anybody runs here has a name in this file; README and CI call the same names.
SHELL := /bin/bash
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PIP_FLAGS ?= --disable-pip-version-check --quiet
# Where torch comes from; on Linux PyPI's is the CUDA build, several gigabytes with its libraries.
# The small one: make setup TORCH_INDEX=https://download.pytorch.org/whl/cpu
TORCH_INDEX ?=
# Decoding small tensors on all cores costs more in hand-over than it saves.
export GOMP_SPINCOUNT ?= 0

.PHONY: setup system demo test test-fast lint fmt parity bench package test-package screenshots clean

setup: system $(VENV)/.ready ## system libraries, virtual environment, the program in it

system:
	@bash packaging/system_packages.sh

$(VENV)/.ready: pyproject.toml packaging/constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install $(PIP_FLAGS) --upgrade "pip>=25.1"
	$(BIN)/python -m pip install $(PIP_FLAGS) --constraint packaging/constraints.txt \
		$(if $(TORCH_INDEX),--index-url $(TORCH_INDEX)) torch torchvision
	$(BIN)/python -m pip install $(PIP_FLAGS) --constraint packaging/constraints.txt --group dev --editable .
	@touch $@

demo: setup ## the main job with the bundled weights; a window where there is a display
	$(BIN)/sam3-annotator demo --output out/demo

test: setup ## every test but full-size parity and speed
	$(BIN)/python -m pytest -q -n 2

test-fast: setup ## the part to run while writing
	$(BIN)/python -m pytest -q -n 2 -m "not slow and not parity and not bench and not packaging"

lint: setup ## style, types, import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

fmt: setup
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

parity: setup ## full size against the reference; many minutes, 10 GB of memory
	$(BIN)/python -m pytest -q -m parity tests/parity --timeout 3600 -o faulthandler_timeout=0 -s

bench: setup ## speed, as ratios within one run
	$(BIN)/python -m pytest -q -m bench tests/bench --timeout 3600 -o faulthandler_timeout=0 -s

package: setup ## wheel and sdist, checked and tried out
	VENV=$(VENV) bash packaging/build.sh

test-package: setup ## the wheel, and the folder and .deb where packaging/linux has built them
	$(BIN)/python -m pytest -q -m packaging tests/packaging --timeout 1800 -s

screenshots: setup
	$(BIN)/python packaging/screenshots.py docs/screenshots

clean:
	rm -rf $(VENV) build dist out .pytest_cache .mypy_cache .ruff_cache .hypothesis
