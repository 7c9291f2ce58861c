# make demo and make test do all of their own set-up in .venv; nothing else is needed but Python 3.11+ and gcc (g++).
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STORE := .almanac/demo
EXTRAS := dev,evals,keyring,otel,slack
# llama.cpp is compiled for any machine of this kind, so that what pip caches of it runs on the next one.
INSTALL = CMAKE_ARGS="$${CMAKE_ARGS:--DGGML_NATIVE=OFF}" $(BIN)/python -m pip install --quiet --editable
ASK := $(BIN)/almanac ask --model offline --store $(STORE)

.PHONY: demo test lint format clean

demo: $(VENV)/.demo
	$(BIN)/almanac ingest evals/corpus/models evals/corpus/datasets --store $(STORE)
	@for question in \
	  "Which models were fine-tuned on SQuAD 2.0?" \
	  "What licence does facebook/bart-large-cnn have?" \
	  "How many models were trained on Wikipedia?" \
	  "Which models are fine-tuned from roberta-base?" \
	  "What are the limitations of dslim/bert-base-NER?"; \
	do printf '\n\033[1m? %s\033[0m\n' "$$question"; $(ASK) "$$question" || exit 1; done

test: lint
	$(BIN)/python -m pytest -n auto --dist worksteal

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(VENV)/.dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf $(VENV) .almanac .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(BIN)/python:
	$(PYTHON) -m venv $(VENV) || { echo "No venv module: apt-get install python3-venv, or set PYTHON=python3.11"; exit 1; }
	$(BIN)/python -m pip install --quiet --upgrade pip

$(VENV)/.demo: $(BIN)/python pyproject.toml
	$(BIN)/python -m pip install --quiet --editable .
	$(BIN)/python -m compileall -q agent catalog ingest prompts
	@touch $@

$(VENV)/.dev: $(BIN)/python pyproject.toml
	@echo "Setting up; the first time compiles llama.cpp, which takes some minutes."
	$(INSTALL) '.[$(EXTRAS),local]' || { echo "llama.cpp does not compile here (g++ is needed): its tests will be skipped."; \
	  $(INSTALL) '.[$(EXTRAS)]'; }
	@touch $@ $(VENV)/.demo
