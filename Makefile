# Every task of the repository, in four groups. `make help` lists them; .ci/run calls targets from here and nothing else.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

TARGET_DIR := $(abspath $(or $(CARGO_TARGET_DIR),target))
SERVICES_TARGET := $(abspath $(or $(CARGO_TARGET_DIR),services/target))
PROGRAMS := $(SERVICES_TARGET)/debug
WASM_DIR := $(TARGET_DIR)/wasm
# With these set, tests and programs take the Wasm from there and fail if it is missing.
USE_WASM := FLASH_WASM_DIR="$(WASM_DIR)" FLASH_TEST_WASM_DIR="$(TARGET_DIR)/wasm-test"

LINTS := -- -D warnings
CONTRACT_TESTS := cargo test --locked --no-fail-fast --package flash-integration-tests
ORACLE_TESTS := cargo test --locked --package flash-oracle --test oracle
LOCALNET_TESTS := cargo test --locked --package flash-localnet --test network
BENCH := $(USE_WASM) cargo bench --quiet --locked --profile dev --package flash-integration-tests --bench cost --

CLI_VERSION := $(shell sed 's/[^0-9.].*//' scripts/stellar-cli-version.txt)
# Without its default features the CLI builds in a fraction of the time. It then lacks its optimiser.
CLI_FEATURES ?= --no-default-features

# None of the targets is a file, except the page.
.PHONY: $(shell sed -n 's/^\([a-z][a-z-]*\):.*/\1/p' $(MAKEFILE_LIST))

help: ## List the tasks
	@awk -F ':.*## ' ' \
		/^##@ / { print "\n" substr($$0, 5) } \
		/^[a-z%-]+:.*## / { sub(/%/, "<network>", $$1); printf "  make %-20s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

##@ Use

build: ## Build the contracts' Wasm into target/wasm; print size and hash of each
	@cargo xtask wasm

build-mainnet: ## Build the Wasm for main networks, without test functions, into target/wasm-mainnet
	@cargo xtask wasm --mainnet

build-test-contracts:
	@cargo xtask wasm --test-contracts

demo: build services-programs ## Play the marketplace on a local network, metered by the oracle
	@$(USE_WASM) $(PROGRAMS)/flash-demo

up: build web/dist/index.html services-programs ## Start the same marketplace and keep it running; print URLs and accounts
	@$(USE_WASM) $(PROGRAMS)/flash-demo --up

localnet: ## Start a Stellar network in one process, for development
	cd services && cargo run --release --locked --package flash-localnet

web: build ## Build the page into web/dist, run its unit tests, check its size
	@web/scripts/build.sh --unit

# The page, if npm is there to build it. Otherwise the index is built without it.
web/dist/index.html: $(shell find web/src web/public web/index.html web/package-lock.json web/vite.config.ts \
		services/index/openapi.json -type f 2>/dev/null) | build
	@if command -v npm >/dev/null; then web/scripts/build.sh; \
		else echo "npm is missing: the index is built without the page"; fi

# The index embeds the page. Its build.rs watches this variable, so it is compiled again when the page changes. It is read
# when a recipe runs: the page may have been built since make started.
export FLASH_PAGE_BUILT = $(shell cksum 2>/dev/null <web/dist/index.html)

# CI builds with the features of the whole workspace, as the tests are built, so that nothing is compiled twice. Everybody
# else builds less.
ifdef CI
PROGRAM_SCOPE := --workspace --bins --examples
else
PROGRAM_SCOPE := $(addprefix --package flash-,oracle index demo localnet deploy)
endif

services-programs:
	@cd services && cargo build --quiet --locked $(PROGRAM_SCOPE)

setup-cli: ## Install the Stellar CLI if there is none (about 6 minutes on two cores)
	@if command -v stellar >/dev/null; then stellar --version; else \
		CARGO_PROFILE_DEV_DEBUG=0 cargo install --locked --debug $(CLI_FEATURES) stellar-cli --version $(CLI_VERSION); fi

fmt: ## Format the Rust code
	cargo fmt --all
	cd services && cargo fmt --all

goldens: build ## Rewrite goldens/: interfaces from the built Wasm, stored shapes from a full world
	@cargo xtask interface
	@FLASH_WRITE_GOLDENS=1 cargo test --quiet --locked --package flash-integration-tests --test guarantees \
		stored_data_matches_the_committed_shapes

vectors: ## Write packages/money/vectors.json after a change of a formula
	@FLASH_WRITE_VECTORS=1 cargo test --quiet --locked --package flash-money vectors

openapi: ## Rewrite services/index/openapi.json: the index's API, from its handlers
	@cd services && FLASH_WRITE_OPENAPI=1 cargo test --quiet --locked --package flash-index --test api openapi

screenshots: web services-programs ## Take pictures of every page at two widths into docs/screenshots
	@web/e2e/run.sh screenshots

clean: ## Remove everything that was built
	cargo clean
	cd services && cargo clean

##@ Test

test: test-contracts test-services test-clients ## Run all tests: contracts, off-chain programs, JavaScript clients

test-contracts: test-native test-wasm test-mainnet ## Test the contracts natively, then on Wasm

test-native: ## Run the tests without Wasm: the same as `cargo test`
	cargo test --locked --no-fail-fast

test-wasm: build build-test-contracts ## Run the contracts' scenarios on the built Wasm
	$(USE_WASM) $(CONTRACT_TESTS)

test-mainnet: build build-mainnet ## Check that Wasm for main networks exports no test function
	@cargo xtask exports

test-services: build ## Test the off-chain programs on the built Wasm
	@scripts/setup-postgresql.sh
	@scripts/setup-prometheus.sh
	@scripts/setup-s3-server.sh
	cd services && $(USE_WASM) cargo test --locked --workspace --no-fail-fast

# How often ledgers close while suites run as on the test network, in seconds. The tests are picked by name from all suites:
# `--test` would build the dependencies once more, with other features.
LEDGER_SECS ?= 0.2
test-like-testnet: build ## Run suites of client, deploy, oracle and index once on a localnet that behaves like the test network
	cd services && $(USE_WASM) LOCALNET_LIKE_TESTNET=$(LEDGER_SECS) cargo test --locked --workspace \
		-- the_example_lists_a_bucket contracts_are_where_they two_creations_at_the_same_time \
		agreements_of_others the_faucet_mints a_deal_is_billed_from a_payout_is_sent the_tables_are_what_the_contracts_say_after_everything

test-network: build ## Play the marketplace on any network: RPC_URL=<url> [FRIENDBOT=<url>]; refuses the main network
	@cd services && cargo build --quiet --locked --package flash-tour --package flash-oracle --package flash-index
	@$(USE_WASM) RPC_URL="$(or $(RPC_URL),$(error say where the network is: make $@ RPC_URL=http://127.0.0.1:8000))" \
		$(if $(FRIENDBOT),FRIENDBOT="$(FRIENDBOT)") $(PROGRAMS)/flash-tour

test-clients: ## Tour localnet with the JavaScript SDKs; play the marketplace from TypeScript (needs Node 20)
	services/localnet/tests/clients/run.sh
	tests/clients/run.sh

test-cli: ## Tour localnet with the Stellar CLI; deploy; run every command of docs/operations.md (make setup-cli)
	services/localnet/tests/cli/tour.sh
	tests/cli/deploy.sh
	tests/cli/runbook.sh

test-web: web services-programs ## Test the page in Chromium: lifecycle, desks, failures, outages, accessibility
	@web/e2e/run.sh test

test-web-like-testnet: web services-programs ## Play the page's lifecycle on a localnet that behaves like the test network
	@LOCALNET_LIKE_TESTNET=$(LEDGER_SECS) web/e2e/run.sh test lifecycle

test-hostile: build ## Honest and hostile side by side, HOSTILE_SECS seconds (300) on each database; prints figures
	cd services && cargo build --quiet --locked --package flash-index
	cd services && $(USE_WASM) HOSTILE_SECS=$${HOSTILE_SECS:-300} cargo test --locked --package flash-oracle --test hostile -- --nocapture

test-faults: build ## Break the network FAULT_RUNS times (200), and databases; billed must be metered
	cd services && $(USE_WASM) FAULT_RUNS=$${FAULT_RUNS:-200} $(ORACLE_TESTS) faults -- --nocapture --test-threads 1

fuzz: ## Play 1_000 random sequences of 100 steps on the ghost model and the contracts; fuzz daemons and localnet
	GHOST_CASES=$${GHOST_CASES:-1000} GHOST_STEPS=$${GHOST_STEPS:-100} GHOST_SEED=$${GHOST_SEED:-random} \
		$(CONTRACT_TESTS) --test ghost -- --nocapture --test-threads 1
	@$(MAKE) --no-print-directory fuzz-daemons fuzz-localnet

fuzz-daemons: ## Fuzz what oracle and index read, FUZZ_SECS seconds each (60): log lines, pushes, events
	services/fuzz/run.sh $${FUZZ_SECS:-60} log_line push_body event_stream

fuzz-localnet: ## Fuzz localnet: each target for FUZZ_SECS seconds (60), and 100_000 random requests
	services/fuzz/run.sh $${FUZZ_SECS:-60} rpc_body envelope
	cd services && LOCALNET_RANDOM_REQUESTS=100000 $(LOCALNET_TESTS) -- random_requests --nocapture

kill-localnet: ## Kill localnet 50 times under load; nothing that it acknowledged may be missing
	cd services && LOCALNET_KILLS=50 $(LOCALNET_TESTS) -- crashes

check: fmt-check clippy source doc goldens-check shellcheck licences ## Check format, lints, source rules, docs, interfaces, licences

fmt-check:
	cargo fmt --all --check

clippy:
	cargo clippy --quiet --locked --workspace --all-targets $(LINTS)

source: ## Check the contracts' source: who signs, who touches storage, what may grow
	@cargo xtask source

doc:
	RUSTDOCFLAGS="-D warnings -A rustdoc::private-intra-doc-links" cargo doc --quiet --locked --workspace --no-deps --document-private-items

goldens-check: build
	@cargo xtask interface --check

builder-check: ## Check that the Stellar CLI builds the same Wasm, byte for byte (make setup-cli)
	@cargo xtask builders

shellcheck:
	@scripts/lint-shell.sh

licences: ## Check licences, sources and duplicates of all dependencies
	@scripts/licences.sh

advisories: ## Check all dependencies against the advisory database, which is downloaded
	@scripts/licences.sh --advisories

check-services: check-ops ## Check format and lints of the off-chain programs, alert rules and systemd units
	cd services && cargo fmt --all --check
	cd services && cargo clippy --quiet --locked --workspace --all-targets $(LINTS)

check-ops: ## Check alert rules and systemd units of oracle and index (Debian's prometheus, systemd)
	@services/check-ops.sh

##@ Measure

bench: build ## Print the cost table; fail if a cost is over budget or above the baseline
	@$(BENCH)

bench-gate: build ## Fail if the small marketplace costs more than the baseline: CI runs this
	@$(BENCH) --quick --gate

bench-baseline: build ## Accept today's costs as the baseline; rewrite table, profile, model, chart
	@$(BENCH) --save-baseline

cost-model: ## Print what deals cost over their lives, from the committed costs
	@cargo run --quiet --locked --package flash-integration-tests --example cost_model

bench-localnet: ## Time localnet: start-up, calls, simulations, memory
	cd services && cargo build --release --locked --package flash-localnet
	cd services && cargo run --release --locked --package flash-localnet-testkit --example bench \
		target/release/flash-localnet ../target/bench/localnet.json

bench-oracle: build ## Time the oracle: a round over 10_000 deals, ingestion, memory; into target/bench/oracle.json
	@mkdir -p target/bench
	cd services && $(USE_WASM) BENCH_FILE="$(TARGET_DIR)/bench/oracle.json" $(ORACLE_TESTS) --release bench -- --ignored --nocapture

bench-index: ## Time the index on SQLite and PostgreSQL: search over 100_000 buckets, ingestion, memory
	@mkdir -p target/bench
	cd services && for database in sqlite postgresql; do BENCH_ON=$$database \
		BENCH_FILE="$(TARGET_DIR)/bench/index-$$database.json" \
		cargo bench --quiet --locked --package flash-index --bench market || exit 1; done

coverage: ## Measure which lines of the contracts the tests run; fail below 95 %
	@scripts/coverage.sh

seeded-faults: ## Seed faults into a copy of the contracts, one at a time; a test must catch each
	@scripts/seeded-faults.sh

mutants: ## Mutate a contract's money, state and auth files (CONTRACT=escrow); each survivor needs a reason
	@scripts/mutants.sh $(CONTRACT)

##@ Operate (docs/operations.md; <network> is local, testnet, mainnet or rehearsal)

deploy-%: ## Deploy on <network>, or continue; writes deployments/<network>.json
	@scripts/deploy.sh --network $*

upgrade-%: ## Take the upgrade step that is due: make upgrade-<network> CONTRACT=deals
	@scripts/upgrade.sh $(or $(CONTRACT),$(error say which contract: make $@ CONTRACT=deals)) --network $*

status-%: ## Show what is deployed on <network> and what needs an operator
	@scripts/status.sh --network $*

verify-%: ## Rebuild the Wasm and compare with what is deployed on <network>
	@scripts/verify.sh --network $*

freeze-wasm: ## Freeze the contracts of HEAD as the earlier version that upgrade tests start from
	@scripts/freeze-wasm.sh

release-wasm: builder-check ## Build the Wasm to publish with the Stellar CLI, into target/release-wasm
	@cargo xtask wasm --builder cli
	@cargo xtask wasm --builder cli --mainnet
	@cargo xtask exports
	@scripts/release-wasm.sh
