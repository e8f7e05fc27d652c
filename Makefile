SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin
ARGS ?=

.PHONY: help run test test-system lint format check manage codes content-report bench simulate diagram reset secrets lock prod-try backup restore
help: ## show this list
	@grep -hE '^[a-z-]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 18

run: .venv/ready ## run the whole site at http://127.0.0.1:8000 (BIND=host:port for another address)
	@$(BIN)/python -m tools.devserver

test: .venv/ready ## run unit, integration and architecture tests, on a temporary PostgreSQL, in parallel (ARGS="-k word" for some)
	@$(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder -m "not browser and not system" $(ARGS)

test-system: .venv/ready ## run tests that kill real processes, and the browser tests: journeys, axe and valid HTML (Nu, which needs Java)
	@$(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder -m "browser or system" $(ARGS)

lint: .venv/ready ## check style, formatting, templates, layers, types
	@PATH="$(CURDIR)/$(BIN):$$PATH" bash .ci/lint

format: .venv/ready ## format Python, templates, CSS and JavaScript
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix . && $(BIN)/djangofmt templates && $(BIN)/python -m tools.beautifier

check: ## run what CI runs
	@bash .ci/run

manage: .venv/ready ## run a manage.py command: make manage ARGS="createsuperuser"
	@$(BIN)/python -m tools.devserver manage $(ARGS)

codes: .venv/ready ## logins and current codes of the demo accounts
	@$(BIN)/python -m tools.devserver manage demo_accounts

content-report: .venv/ready ## report reading grade, citations and open claims of every article
	@$(BIN)/python -m tools.devserver manage content_report $(ARGS)

bench: .venv/ready ## time rendering and search; then the cost of pages of a large forum (ARGS="--posts 500000 --store")
	@$(BIN)/python -m tools.devserver manage shell -v0 -c 'from tools.bench import main; main()' && $(BIN)/python -W ignore -m tools.bench_forum $(ARGS)

simulate: .venv/ready ## simulate a day of moderation with ten moderators and 2,000 texts (ARGS="--items 400")
	@$(BIN)/python -W ignore -m tools.simulation $(ARGS)

secrets: ## write .env from .env.example with random secrets; keeps every existing value
	@$(PYTHON) -m tools.secrets_file

lock: .venv/ready ## write requirements.lock, all packages of production with hashes, from requirements.txt
	@$(BIN)/uv pip compile requirements.txt -q --generate-hashes --python-version 3.13 --python-platform linux --no-header --no-annotate -o requirements.lock

prod-try: .venv/ready ## run the production setup here without containers and use it in a browser (ARGS=--stay to keep it running)
	@bash tools/install_packages.sh && $(BIN)/python -W ignore -m tools.production_walk $(ARGS)

backup: ## make and verify an encrypted backup of the compose setup, in BACKUP_FOLDER
	@docker compose run --rm backup
	@docker compose run --rm -T --no-deps --entrypoint touch restore /srv/private/last-backup

restore: ## restore a backup into an empty compose setup: make restore FILE=backups/site-….tar.age KEY=key.txt
	@bash deploy/backup/restore_compose.sh "$(FILE)" "$(KEY)"

diagram: .venv/ready ## write docs/entities.md from the models
	@$(BIN)/python -m tools.entity_diagram

reset: .venv/ready ## delete the local database (asks first)
	@read -rp "Delete .local and the local database? [y/N] " answer; [ "$$answer" = y ] || { echo "Nothing was deleted."; exit 0; }; $(BIN)/python -m tools.embedded_postgres --delete .local/pg && rm -rf .local

.venv/ready: requirements.txt requirements-dev.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: apt install python3, or make PYTHON=/path/to/python3.11 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "Python's venv is missing: apt install python3-venv"; exit 1; }
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install -q --disable-pip-version-check -r requirements.txt -r requirements-dev.txt
	@touch .venv/ready
