# The one door: each target calls one file in scripts/, which says what it does.

.DEFAULT_GOAL := help
.PHONY: help demo build test test-fast lint format torture bench clean sandbox-up sandbox-down

help: ## this list
	@scripts/help

demo: ## a fleet planned and launched from files, on a private MariaDB and moto's AWS, in one go
	@scripts/demo

build: ## build the program, optimised: .build/release/botfleet
	@scripts/build

test: ## everything CI runs: the lint, then all tests, in a sandbox of their own
	@scripts/test

test-fast: ## the tests that need no server and no built program
	@scripts/test --fast

lint: ## check the format of all Swift files and scripts
	@scripts/lint

format: ## rewrite all Swift files in the house's format
	@scripts/format

torture: ## the tests that kill, at length: 50 rounds each in place of 8
	@scripts/test --torture

bench: ## the costs of docs/performance.md, measured on generated fleets
	@scripts/bench

clean: ## take the sandboxes down and remove all that was built
	@scripts/clean

sandbox-up: ## a private MariaDB and AWS, for eval "$$(scripts/sandbox env)"
	@scripts/sandbox up

sandbox-down: ## stop them, and drop what they held
	@scripts/sandbox down
