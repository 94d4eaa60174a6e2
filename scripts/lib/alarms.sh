# shellcheck shell=bash
# The model checker for alarms (Tests/alarms): random schedules against an oracle, then several sessions at once.

# The committed list: seeds 1 to 10,000. `make test` takes as many of them as a minute allows, `make torture` as many as are asked for.
export ALARM_SEEDS=10000

# alarm_schedules URL ARGUMENT…: nothing is left behind in the database
alarm_schedules() {
    python_tools alarms "$ROOT/Tests/alarms/requirements.txt"
    DATABASE_URL=$1 PYTHONDONTWRITEBYTECODE=1 interruptible "$VENV/bin/python" "$ROOT/Tests/alarms/check.py" "${@:2}"
}

# alarm_storms URL ARGUMENT…: the database is changed
alarm_storms() {
    python_tools alarms "$ROOT/Tests/alarms/requirements.txt"
    DATABASE_URL=$1 PYTHONDONTWRITEBYTECODE=1 interruptible "$VENV/bin/python" "$ROOT/Tests/alarms/processes.py" "${@:2}"
}

# alarm_clocks URL ARGUMENT…: wrong clocks, uploads, late points; nothing is left behind in the database
alarm_clocks() {
    python_tools alarms "$ROOT/Tests/alarms/requirements.txt"
    DATABASE_URL=$1 PYTHONDONTWRITEBYTECODE=1 interruptible "$VENV/bin/python" "$ROOT/Tests/alarms/clock.py" "${@:2}"
}
