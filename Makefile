# Thin on purpose: each target is a script in scripts/. Variables given to make reach them as environment variables.
# MILLWRIGHT_HOME (default .millwright), THIN_HTTP, THIN_METRICS, MQTT_PORT, PG_PORT, SIMULATE: see `make help`.
.DEFAULT_GOAL := help
.PHONY: help run up down status env psql simulate test bench lint clean
MAKEFLAGS += --no-print-directory

help: ## this list
	@scripts/help

run: ## set up everything and run it in the foreground; Ctrl-C stops it all
	@scripts/run

up: ## the same in the background; returns when /health is 200 (SIMULATE=0: without the simulator)
	@scripts/up

down: ## stop what `make up` started
	@scripts/down

status: ## the parts, where they listen, health
	@scripts/status

env: ## DATABASE_URL, MQTT_URL, THIN_URL, METRICS_URL as shell assignments: eval "$(make -s env)"
	@scripts/env

psql: ## psql as administrator; ARGS="-c 'SELECT …'"
	@scripts/psql $(ARGS)

simulate: ## the simulator against the running broker; ARGS="--machines 50 --rate 5000"
	@scripts/simulate $(ARGS)

test: ## every test; DATABASE_URL=… runs them against that server
	@scripts/test $(ARGS)

bench: ## points/s end to end beside the obvious alternative, and the alarm latency
	@bench/run $(ARGS)

lint: ## swift format, plpgsql_check, pgspot, catalog sweep, shellcheck, YAML and JSON schemas
	@scripts/lint $(ARGS)

clean: ## remove build products; ALL=1 also the data
	@scripts/clean $(if $(ALL),all)
