# Two commands do the main things: `make review` (a sample branch, or REPO= BASE=) and `make test`.
# Needs python3 >= 3.11, git and make; everything else is brought by the lock file.
PYTHON ?= python3
UV_VERSION := 0.13.9
REPO ?=
BASE ?=
ARGS ?=
BIN := .venv/bin

.PHONY: help setup review test lint fix bench soak clean
help:
	@echo "make review [REPO=dir] [BASE=ref] [ARGS=…]   review a branch (default: the sample under examples/)"
	@echo "make test | lint | fix | bench | soak | setup | clean"

setup: .venv/.ready

# A uv of our own when the machine has none; the same version everywhere.
.venv/.ready: uv.lock pyproject.toml Makefile
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Backline needs Python 3.11 or newer; $$($(PYTHON) --version) was found. Set PYTHON=python3.12, say."; exit 2; }
	@uv=$$(command -v uv) || { uv=.uv/bin/uv; \
	  [ -x $$uv ] && [ "$$($$uv --version | cut -d' ' -f2)" = "$(UV_VERSION)" ] || \
	  { $(PYTHON) -m venv .uv && .uv/bin/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION); }; }; \
	  $$uv sync --quiet --frozen --compile-bytecode --python "$$($(PYTHON) -c "import sys; print(sys.executable)")"
	@$(BIN)/python -m compileall -q src
	@touch $@

review: setup
ifeq ($(REPO)$(BASE),)
	@$(BIN)/python examples/review_sample.py $(ARGS)
else
	@$(BIN)/backline review --repo "$(or $(REPO),.)" $(if $(BASE),--base "$(BASE)") $(ARGS)
endif

test: setup
	@$(BIN)/python -m pytest -n auto --dist worksteal $(ARGS)

lint: setup
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy

fix: setup
	@$(BIN)/ruff check --fix . ; $(BIN)/ruff format .

bench: setup
	@$(BIN)/python -m compileall -q src
	@$(BIN)/python bench/run.py $(ARGS)
	@$(BIN)/python bench/rules.py --top 15

soak: setup
	@BACKLINE_SOAK=1 $(BIN)/python -m pytest -n auto --dist worksteal -m soak $(ARGS)

clean:
	rm -rf .venv .uv dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
