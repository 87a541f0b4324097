# The whole of Siger's daily life: run, test, check, bench. Each sets itself up and is quick when repeated.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUN_STAMP := $(VENV)/.run-ready
DEV_STAMP := $(VENV)/.dev-ready

.PHONY: run test check bench bench-peers chaos fuzz lock clean

run: $(RUN_STAMP)
	@exec $(BIN)/siger demo

# In two processes, a file of tests in one of them; WORKERS=0 runs all in one, as a debugger wants it.
WORKERS ?= 2
test: $(DEV_STAMP)
	@bin/browser
	@$(BIN)/python -m pytest --numprocesses=$(WORKERS) --dist=loadfile --no-loadscope-reorder

check: $(DEV_STAMP)
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@bin/check-scripts
	@$(BIN)/python -m tests.dependencies

bench: $(DEV_STAMP)
	@bin/browser
	@$(BIN)/python -m tests.bench

# Beside other people's maps: npm installs them outside the checkout, see tests/bench/worldmap.py.
bench-peers: $(DEV_STAMP)
	@bin/browser
	@$(BIN)/python -m tests.bench --peers

# Kills everything at random moments and counts what was acknowledged; SEEDS="1 2 3" for others.
chaos: $(DEV_STAMP)
	@$(BIN)/python -m tests.chaos $(SEEDS)

# Asks the API everything that its description allows and does not, at length; EXAMPLES=1000 for more of each.
EXAMPLES ?= 100
fuzz: $(DEV_STAMP)
	@SIGER_FUZZ_EXAMPLES=$(EXAMPLES) $(BIN)/python -m pytest tests/dashboard/test_api_fuzz.py

$(RUN_STAMP): requirements.lock pyproject.toml bin/setup
	@PYTHON="$(PYTHON)" bin/setup run

$(DEV_STAMP): requirements-dev.lock pyproject.toml bin/setup
	@PYTHON="$(PYTHON)" bin/setup dev

# Makes the lock files anew: every version pinned with its hashes, no index address inside.
lock:
	@bin/lock

clean:
	rm -rf $(VENV) *.egg-info
