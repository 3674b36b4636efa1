# `make` alone prints what there is. Needs python3 (3.11 or newer, with venv) and make; all else goes into .venv/.

# The first Python that really is 3.11 or newer: a version manager's shim may refuse, or be older.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 /usr/bin/python3; do \
	if $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then echo $$p; exit; fi; done)
PIP := .venv/bin/python -m pip --disable-pip-version-check --quiet
WORKERS ?= 4

.DEFAULT_GOAL := help
.PHONY: help wheels run doctor run-https test check bench soak siege messages shots audit lock clean

help: ## print this
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' $(firstword $(MAKEFILE_LIST)) | expand -t 20

run: .venv/installed-run ## start the shop at http://localhost:8000; LAN=1 lets phones in the same network in
	@exec .venv/bin/python -m webapp $(if $(LAN),lan)

doctor: .venv/installed-run ## say what is wrong with the settings, if anything is; before the first start too
	@.venv/bin/python -m webapp doctor

run-https: .venv/installed-dev var/certificates/server.pem ## start it at https://localhost:8443, for real Components
	@echo "The certificate is this machine's own. To trust it, import var/certificates/client.pem as an authority"
	@echo "(Chromium: Settings, Privacy and security, Security, Manage certificates), or accept the browser's warning."
	@echo "The shop opens at https://localhost:8443."
	@APP_URL=https://localhost:8443 SSL_CERT_FILE=var/certificates/client.pem .venv/bin/uvicorn --factory \
		webapp.app:create_app_from_env --port 8443 --ws none --no-proxy-headers --no-access-log --no-server-header \
		--ssl-keyfile var/certificates/server.key --ssl-certfile var/certificates/server.pem

var/certificates/server.pem: | .venv/installed-dev
	@mkdir -p var/certificates
	@.venv/bin/python -m trustme --quiet --dir var/certificates --identities localhost 127.0.0.1

test: .venv/installed-dev ## run all tests; ARGS="-k cart" picks some
	@.venv/bin/pytest -n $(WORKERS) --dist worksteal $(ARGS)

check: .venv/installed-dev ## lint, format, types, templates; how much there is to read
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/djlint --lint --quiet templates webapp
	@.venv/bin/python tools/sizes.py
	@.venv/bin/python tools/reading_path.py

messages: .venv/installed-dev ## put new texts of code and templates into webapp/i18n/locale/*.po, to be translated
	@.venv/bin/python -m webapp.i18n.extract

shots: .venv/installed-dev ## picture every page and state, four widths, light and dark, into shots/
	@.venv/bin/python -m tests.browser.shots

bench: .venv/installed-dev ## measure: a first visit in Chromium, the server, what recording costs and shortcuts save
	@for bench in tests/benchmarks/bench_*.py; do PYTHONPATH=. .venv/bin/python $$bench || exit 1; done

soak: .venv/installed-dev ## two workers under ten minutes of mixed load; SOAK_SECONDS=60 makes it shorter
	@.venv/bin/python -m tests.benchmarks.soak

siege: .venv/installed-dev ## one worker under ten minutes of hostile load, with shoppers; SIEGE_SECONDS=60 makes it shorter
	@.venv/bin/python -m tests.benchmarks.siege

audit: .venv/installed-dev ## look the locked packages up among known vulnerabilities (asks a service on the internet)
	@.venv/bin/python tools/audit.py

wheels: .venv/installed-dev ## ask whether Macs, Linux and Windows find a wheel for every pin, in Python 3.11 to 3.14
	@.venv/bin/python tools/wheels.py

# Two files, because Heroku installs the first and wants nothing of the second. By the oldest Python, because a newer one
# leaves out what only older ones need. UPGRADE takes minutes: pip hashes every wheel.
LOCK := .venv/bin/pip-compile --quiet --generate-hashes --strip-extras --no-header --no-emit-index-url \
	--no-emit-find-links --no-emit-trusted-host
lock: .venv/installed-dev ## pin dependencies anew from pyproject.toml (UPGRADE=--upgrade: to their newest versions)
	@.venv/bin/python -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' || \
		{ echo "Lock with Python 3.11: make clean, then make lock PYTHON=python3.11." >&2; exit 1; }
	$(LOCK) $(UPGRADE) --extra shop -o requirements.txt pyproject.toml
	$(LOCK) $(UPGRADE) --extra shop --extra dev --allow-unsafe -c requirements.txt -o requirements-dev.txt pyproject.toml
	.venv/bin/python tools/only_new.py
	echo "cryptography>=48,<49" | $(LOCK) --no-annotate -o - - | .venv/bin/python tools/intel_mac.py

clean: ## remove .venv and caches; var/ (orders, cookie secret) stays
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis test-results

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed: install python3, or name one with PYTHON=…" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
		{ echo "This Python cannot make virtual environments: install python3-venv (apt install python3-venv)." >&2; exit 1; }
	@$(PYTHON) -m venv --clear .venv

.venv/installed-run: requirements.txt | .venv/bin/python
	@echo "Installing what the shop needs into .venv (once) …"
	@$(PIP) install --require-hashes --only-binary :all: -r requirements.txt
	@touch $@

.venv/installed-dev: requirements.txt requirements-dev.txt | .venv/bin/python
	@echo "Installing what tests and checks need into .venv (once) …"
	@$(PIP) install --require-hashes --only-binary :all: -r requirements-dev.txt
	@touch $@ .venv/installed-run
