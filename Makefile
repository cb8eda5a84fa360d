# The commands of this project. `make demo` shows it, `make test` proves it; both begin on a bare machine.

PYTHON ?= python3
BIN := .venv/bin
LOCAL := $(BIN)/python -m bar.local

# What Debian brings: to make a virtual environment, to draw letters, and (tests only) to drive a browser.
PACKAGES := python3-venv libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0
TEST_PACKAGES := chromium libatomic1

.DEFAULT_GOAL := help
# Where Python is told to keep nothing it compiled, each of the many processes of the tests compiles everything anew.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: mutants help setup demo demo-reset drill audit native test test-all timing bench check format lock screenshots clean system system-test

help: ## Say what there is
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 14

setup: system system-test .venv/ready var/test/oidc/ready ## Install everything this project needs
	@echo "Ready. Next: make demo, or make test."

demo: system .venv/ready ## Show the product with invented people on http://localhost:8000 (PORT=… changes it)
	@$(BIN)/python manage.py demo

demo-reset: system .venv/ready ## Throw the demo's data away and make it afresh
	@$(BIN)/python -m bar.local.wipe
	@$(BIN)/python manage.py demo --prepare

drill: system .venv/ready ## Break the product on purpose, in a demonstration of its own, and see what is lost (DRILLS="worker-child …", TIMES=3)
	@BAR_VAR=var/drill $(BIN)/python -m bar.local.wipe
	@$(BIN)/python manage.py drill $(DRILLS) --times $(or $(TIMES),3)

test: setup check ## Everything that must hold
	$(BIN)/python -m pytest -n 2 -q -m "not slow"

test-all: setup check ## The same, and the tests that take long
	BAR_FULL=1 $(BIN)/python -m pytest -n 2 -q

mutants: setup ## Break the named guards of the product one by one, in a copy of what is committed: each must turn a test red (GUARDS="lock …" for a few)
	@$(BIN)/python -m tests.mutants $(GUARDS)

timing: setup ## Measure whether the time of an answer tells that an address exists (PAIRS=2000 for the full measurement)
	PAIRS=$(or $(PAIRS),200) $(BIN)/python -m pytest -q -s tests/sessions/test_timing.py

bench: setup ## Measure what the product costs, one JSON line per figure (ONLY="letters gate" for a few; BENCH_SIZE, BENCH_LARGE, BENCH_ROUNDS)
	@BENCH_ONLY="$(ONLY)" BAR_TEST_SERVICES=1 DJANGO_SETTINGS_MODULE=bar.settings $(LOCAL) $(BIN)/python -m tests.bench

check: .venv/ready ## Format, lint, types, templates, direction of imports, migrations
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/djlint --quiet --lint templates
	$(BIN)/lint-imports --no-cache
	BAR_TEST_SERVICES=1 $(LOCAL) $(BIN)/mypy
	BAR_TEST_SERVICES=1 $(BIN)/python manage.py makemigrations --check --dry-run

format: .venv/ready ## Put the code in the house format
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lock: .venv/ready ## Pin the newest versions that pyproject.toml allows, and of those what the image needs
	$(BIN)/uv pip compile pyproject.toml --all-extras --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --upgrade --quiet --output-file requirements.lock
	$(BIN)/uv pip compile pyproject.toml --extra s3 --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --constraint requirements.lock --quiet --output-file .ci/image.lock

audit: .venv/ready ## Ask the advisory service whether a pinned package has a known fault (needs the network)
	$(BIN)/pip-audit --strict --require-hashes --disable-pip --requirement requirements.lock

native: setup ## Run the installation of docker-compose.yml without an engine: roles, secrets, web, worker, clock, proxy, first physician
	$(BIN)/python -m pytest -q tests/deploy/test_native.py

screenshots: setup ## Make a picture of every page for every role, and those of the README (ROLES="werknemer …" for a few)
	@BAR_VAR=var/screenshots/demo $(BIN)/python -m bar.local.wipe
	@BAR_VAR=var/screenshots/demo DJANGO_SETTINGS_MODULE=bar.settings $(LOCAL) $(BIN)/python -m tests.browser.screenshots $(ROLES)

clean: ## Remove what was made here: environment, caches, and all data of the demo
	@if [ -x $(BIN)/python ]; then $(BIN)/python -m bar.local.wipe; fi
	rm -rf .venv var .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache staticfiles
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

system:
	@sh .ci/packages $(PACKAGES)

system-test:
	@sh .ci/packages $(TEST_PACKAGES)

# The OpenID provider that the tests sign in at; once here, no test needs the network for it.
var/test/oidc/ready: tests/oidc/package-lock.json | .venv/ready
	@echo "Installing the packages of tests/oidc/package-lock.json …"
	@$(BIN)/python -m tests.oidc.install
	@touch $@

.venv/ready: requirements.lock
	@umask 022 && { [ -x $(BIN)/python ] || $(PYTHON) -m venv .venv; }
	@echo "Installing the packages of requirements.lock …"
	@umask 022 && $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r requirements.lock
	@touch .venv/ready
