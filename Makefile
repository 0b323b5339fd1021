# Every task of the repository. `make help` lists them; CI calls nothing else (.ci/run).

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

TARGET_DIR := $(abspath $(or $(CARGO_TARGET_DIR),target))
WASM_DIR := $(TARGET_DIR)/wasm
TEST_WASM_DIR := $(TARGET_DIR)/wasm-test
SERVICES_TARGET := $(abspath $(or $(CARGO_TARGET_DIR),services/target))
TEST_CONTRACTS := $(wildcard integration-tests/contracts/*/Cargo.toml)
CLI_VERSION := $(shell sed 's/[^0-9.].*//' scripts/stellar-cli-version.txt)

# With this set, the fixture of integration-tests deploys the Wasm there and refuses to do without it.
USE_WASM := FLASH_WASM_DIR="$(WASM_DIR)" FLASH_TEST_WASM_DIR="$(TEST_WASM_DIR)"

.PHONY: openapi bench-index
.PHONY: builder-check help source advisories coverage mutants fuzz seeded-faults bench bench-gate bench-baseline cost-model build build-mainnet build-test-contracts demo test test-contracts test-native test-wasm test-mainnet \
	check fmt-check clippy doc goldens goldens-check shellcheck licences fmt setup-cli clean \
	localnet test-services check-services test-clients test-cli fuzz-localnet kill-localnet bench-localnet test-faults bench-oracle check-ops up services-programs web test-web screenshots

help: ## List the tasks
	@awk -F ':.*## ' '/^[a-z%-]+:.*## / { sub(/%/, "<network>", $$1); printf "  make %-17s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: ## Build the contracts' Wasm into target/wasm; print size and hash of each
	@cargo xtask wasm

build-mainnet: ## The same without the test networks' functions, into target/wasm-mainnet
	@cargo xtask wasm --mainnet

builder-check: ## Check that the Stellar CLI builds the same Wasm, byte for byte (make setup-cli)
	@cargo xtask builders

build-test-contracts:
ifneq ($(TEST_CONTRACTS),)
	@cargo xtask wasm --test-contracts
endif

demo: build services-programs ## Play the marketplace on a local network, with the oracle running
	@$(USE_WASM) $(SERVICES_TARGET)/debug/flash-demo

# The page, where npm is there to build it; without it the index says how.
WEB_SOURCES := $(shell find web/src web/public web/index.html web/package-lock.json web/vite.config.ts \
	services/index/openapi.json -type f 2>/dev/null)
web/dist/index.html: $(WEB_SOURCES) | build
	@if command -v npm >/dev/null; then web/scripts/build.sh; \
		else echo "npm is missing: the index is built without the page"; fi

up: build web/dist/index.html services-programs ## The same, and it stays up: URLs, accounts, what to try
	@$(USE_WASM) $(SERVICES_TARGET)/debug/flash-demo --up

# Which page is there: the index is compiled anew when it comes to be or changes (its build.rs watches the variable).
export FLASH_PAGE_BUILT := $(shell cksum 2>/dev/null < web/dist/index.html)

services-programs:
	@cd services && FLASH_PAGE_BUILT="$$(cksum 2>/dev/null < ../web/dist/index.html || true)" cargo build --quiet --locked --package flash-oracle --package flash-index --package flash-demo

test: test-contracts test-services test-clients ## Run all tests: the contracts', the off-chain programs', the JavaScript clients'

test-contracts: test-native test-wasm test-mainnet ## Test the contracts: native, then the scenarios on Wasm

test-native: ## Run the tests without Wasm: the same as `cargo test`
	cargo test --locked --no-fail-fast

test-wasm: build build-test-contracts ## Run the scenarios on the built Wasm
	$(USE_WASM) cargo test --locked --no-fail-fast --package flash-integration-tests

fuzz: ## Play 1_000 random sequences of 100 steps on the ghost model and the contracts; fuzz localnet
	GHOST_CASES=$${GHOST_CASES:-1000} GHOST_STEPS=$${GHOST_STEPS:-100} GHOST_SEED=$${GHOST_SEED:-random} cargo test --locked \
		--package flash-integration-tests --test ghost -- --nocapture --test-threads 1
	@$(MAKE) --no-print-directory fuzz-localnet

seeded-faults: ## Seed faults into a copy of the contracts, one at a time; show that a test catches each
	@scripts/seeded-faults.sh

mutants: ## Mutate a contract's money, state and auth files; no survivor without a reason (CONTRACT=escrow)
	@scripts/mutants.sh $(CONTRACT)

coverage: ## Measure which lines of the contracts the tests run; fail below 95 %
	@scripts/coverage.sh

test-mainnet: build build-mainnet ## Check that mainnet Wasm exports no test function
	@cargo xtask exports

BENCH := $(USE_WASM) cargo bench --quiet --locked --profile dev --package flash-integration-tests --bench cost --

bench: build ## Print the cost table; fail where it is over a budget or above the baseline
	@$(BENCH)

bench-gate: build ## Fail where the small marketplace is above the baseline: what CI runs
	@$(BENCH) --quick --gate

bench-baseline: build ## Take today's costs as the baseline; write table, profile, model, chart
	@$(BENCH) --save-baseline

cost-model: ## Print what deals cost over their lives, from the committed costs
	@cargo run --quiet --locked --package flash-integration-tests --example cost_model

check: fmt-check clippy source doc goldens-check shellcheck licences ## Check format, lints, source, docs, interfaces, licences

fmt-check:
	cargo fmt --all --check

clippy:
	cargo clippy --quiet --locked --workspace --all-targets -- -D warnings

doc:
	RUSTDOCFLAGS="-D warnings -A rustdoc::private-intra-doc-links" cargo doc --quiet --locked --workspace --no-deps --document-private-items

goldens-check: build
	@cargo xtask interface --check

openapi: ## Write services/index/openapi.json: the index's API, as its handlers say it
	@cd services && FLASH_WRITE_OPENAPI=1 cargo test --quiet --locked --package flash-index --test api openapi

goldens: build ## Write goldens/: interfaces from the built Wasm, stored shapes from a full world
	@cargo xtask interface
	@FLASH_WRITE_GOLDENS=1 cargo test --quiet --locked --package flash-integration-tests --test guarantees \
		what_is_stored_has_the_shapes_of_its_schema

.PHONY: freeze-wasm
freeze-wasm: ## Freeze the contracts of HEAD as the earlier version that upgrade tests start from
	@scripts/freeze-wasm.sh

shellcheck:
	@scripts/lint-shell.sh

source: ## Check in the contracts' source who signs, who touches storage, what may grow
	@cargo xtask source

licences: ## Check licences, sources and duplicates of all dependencies
	@scripts/licences.sh

advisories: ## Check all dependencies against the advisory database, which is downloaded
	@scripts/licences.sh --advisories

fmt: ## Format the code
	cargo fmt --all

setup-cli: ## Install the Stellar CLI for local use, where there is none
	@if command -v stellar >/dev/null; then stellar --version; else \
		CARGO_PROFILE_DEV_DEBUG=0 cargo install --locked --debug --no-default-features \
			stellar-cli --version $(CLI_VERSION); fi

# Operations: scripts/ over the Stellar CLI; docs/operations.md says when to use what. <network> is local, testnet, mainnet
# or rehearsal. deploy-local needs a running localnet (`make localnet`).

deploy-%: ## Deploy on <network>, or continue; writes deployments/<network>.json
	@scripts/deploy.sh --network $*

upgrade-%: ## Take the upgrade step that is due: make upgrade-<network> CONTRACT=deals
	@scripts/upgrade.sh $(or $(CONTRACT),$(error say which contract: make $@ CONTRACT=deals)) --network $*

status-%: ## Show what is deployed on <network>, and what needs an operator
	@scripts/status.sh --network $*

verify-%: ## Rebuild and compare with what is deployed on <network>
	@scripts/verify.sh --network $*

# The off-chain programs are a workspace of their own, in services/.

localnet: ## Start a Stellar network in one process, for development
	cd services && cargo run --release --locked --package flash-localnet

test-services: build ## Test the off-chain programs, on the built Wasm
	@scripts/setup-postgresql.sh
	@scripts/setup-prometheus.sh
	@scripts/setup-s3-server.sh
	cd services && $(USE_WASM) cargo test --locked --workspace --no-fail-fast

check-services: check-ops ## Format and lints of the off-chain programs; alerts and units of oracle and index
	cd services && cargo fmt --all --check
	cd services && cargo clippy --quiet --locked --workspace --all-targets -- -D warnings

test-clients: ## Tour localnet with the JavaScript SDKs; play the marketplace from TypeScript (needs Node 20)
	services/localnet/tests/clients/run.sh
	tests/clients/run.sh

web: build ## Build the page into web/dist, for the index to embed; test its units, hold its size
	@web/scripts/build.sh --unit

test-web: web services-programs ## Play the page in Chromium against the stack of make up: lifecycle, desks, failures, outages, accessibility
	@cd services && cargo build --quiet --locked --package flash-localnet --package flash-deploy
	@web/e2e/run.sh test

screenshots: web services-programs ## Take pictures of every page at two widths into docs/screenshots
	@web/e2e/run.sh screenshots

test-cli: ## Tour localnet with the Stellar CLI, deploy, run every command of docs/operations.md (make setup-cli)
	services/localnet/tests/cli/tour.sh
	tests/cli/deploy.sh
	tests/cli/runbook.sh

fuzz-localnet: ## Fuzz localnet: each target for FUZZ_SECS seconds (60), and 100_000 random requests
	services/localnet/fuzz/run.sh $${FUZZ_SECS:-60}
	cd services && LOCALNET_RANDOM_REQUESTS=100000 cargo test --locked --package flash-localnet \
		--test network -- random_requests --nocapture

kill-localnet: ## Kill localnet 50 times under load; nothing that it acknowledged may be missing
	cd services && LOCALNET_KILLS=50 cargo test --locked --package flash-localnet --test network -- crashes

bench-localnet: ## Time localnet: start-up, calls, simulations, memory
	cd services && cargo build --release --locked --package flash-localnet
	cd services && cargo run --release --locked --package flash-localnet-testkit --example bench \
		target/release/flash-localnet ../target/bench/localnet.json

test-faults: build ## Break everything between the oracle and the network, FAULT_RUNS times; billed = metered
	cd services && $(USE_WASM) FAULT_RUNS=$${FAULT_RUNS:-200} cargo test --locked --package flash-oracle \
		--test oracle faults -- --nocapture --test-threads 1

bench-oracle: build ## Time the oracle: a round over 10_000 deals, ingest, memory; into target/bench/oracle.json
	@mkdir -p target/bench
	cd services && $(USE_WASM) BENCH_FILE="$(TARGET_DIR)/bench/oracle.json" cargo test --release --locked \
		--package flash-oracle --test oracle bench -- --ignored --nocapture

bench-index: ## Time the index on SQLite and PostgreSQL: search over 100_000 buckets, ingestion, memory
	@mkdir -p target/bench
	cd services && for database in sqlite postgresql; do BENCH_ON=$$database \
		BENCH_FILE="$(TARGET_DIR)/bench/index-$$database.json" \
		cargo bench --quiet --locked --package flash-index --bench market || exit 1; done

check-ops: ## Check alert rules and systemd units of the oracle and the index (Debian's prometheus, systemd)
	@services/check-ops.sh

clean: ## Remove everything that was built
	cargo clean
	cd services && cargo clean
