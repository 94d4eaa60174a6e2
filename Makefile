# Thin on purpose: each target is a script in scripts/. Variables given to make reach them as environment variables.
# MILLWRIGHT_HOME (default .millwright), THIN_HTTP, THIN_METRICS, MQTT_PORT, PG_PORT, SIMULATE: see `make help`.
.DEFAULT_GOAL := help
.PHONY: help run up down status env psql report simulate test torture fuzz bench lint clean
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

# What the environment happens to hold under these names is not meant.
REPORT_ARGUMENTS := NAME FORMAT MACHINE FROM TO PERIOD ZONE LANGUAGE SECTION
report: ## a report; NAME=shift FORMAT=text|csv|html MACHINE=press-01 FROM=2026-11-28 PERIOD='7 days' ZONE=Asia/Seoul LANGUAGE=ko
	@$(foreach v,$(REPORT_ARGUMENTS),$(if $(filter command,$(firstword $(origin $v))),,unset $v;)) scripts/report

simulate: ## the simulator against the running broker; ARGS="--machines 50 --rate 5000"
	@scripts/simulate $(ARGS)

test: ## every test; DATABASE_URL=… runs them against that server
	@scripts/test $(ARGS)

torture: ## alarms against an oracle, then kill -9 of thin, database and broker, 200 times; ARGS="--schedules 100000 --kills 50 --seed 7"
	@scripts/torture $(ARGS)

fuzz: ## spoilt input to every face; SECONDS=600 SEED=7: for how long, and to repeat a run
	@FUZZ_SECONDS=$(or $(SECONDS),120) scripts/fuzz

bench: ## points/s end to end beside the obvious alternative, and the alarm latency
	@bench/run $(ARGS)

lint: ## swift format, plpgsql_check, pgspot, catalog sweep, shellcheck, YAML and JSON schemas
	@scripts/lint $(ARGS)

clean: ## remove build products; ALL=1 also the data
	@scripts/clean $(if $(ALL),all)
