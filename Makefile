# Everything sets itself up from Python 3.11+ and make: a virtual environment, the locked packages, the speech model.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
MODELS := .models
SETUP := $(VENV)/.done
MODEL := $(MODELS)/.done
ADDRESS ?= 8501

.DEFAULT_GOAL := help
.PHONY: help demo serve test check e2e bench bench-scoring models lock messages clean

help: ## what can be made
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 15

demo: $(SETUP) $(MODEL) ## a small call centre with real audio, in ./data, in the browser
	$(BIN)/huiting demo --port $(ADDRESS)

serve: $(SETUP) $(MODEL) ## the web application and a worker on ./data
	$(BIN)/huiting serve --port $(ADDRESS)

test: check $(MODEL) ## everything: style, types, architecture, and every test, with the real model, databases and browser
	$(BIN)/pytest -q -n 2 --dist loadgroup -m "slow or model or browser or postgres"

check: $(SETUP) ## style, types, architecture and the fast tests (storage on SQLite)
	$(BIN)/ruff format --check --quiet
	$(BIN)/ruff check --quiet
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest -q -n 2 --dist loadgroup -m "not slow and not model and not browser and not postgres"

e2e: $(SETUP) $(MODEL) ## the browser tests alone
	$(BIN)/pytest -q -m browser

bench: $(SETUP) $(MODEL) ## speed, error rates and memory beside faster-whisper (reads HUITING_DATA), of the rule checks, of the import
	$(BIN)/python -m bench.transcription
	$(BIN)/python -m bench.scoring
	$(BIN)/python -m bench.cases

bench-scoring: $(SETUP) ## how far the rule checks agree with judged calls (reads HUITING_DATA), and how fast they are
	$(BIN)/python -m bench.agreement
	$(BIN)/python -m bench.english
	$(BIN)/python -m bench.script_order
	$(BIN)/python -m bench.helpdesk
	$(BIN)/python -m bench.learned
	$(BIN)/python -m bench.scoring

models: $(MODEL) ## the offline speech model

lock: $(SETUP) ## new versions of everything, with hashes (needs uv)
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-annotate --no-header \
	  --extra dev --extra postgres --extra vectors --upgrade pyproject.toml -o requirements.lock

messages: $(SETUP) ## bring the Chinese catalogue up to date with the code
	$(BIN)/python -m qa_app.messages update

clean: ## forget the virtual environment and the model
	rm -rf $(VENV) $(MODELS)

$(SETUP): requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit("Huiting needs Python 3.11 or newer, this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(MODEL): transcription/model_pack.py | $(SETUP)
	$(BIN)/python -m transcription.model_pack $(MODELS)
	@touch $@
