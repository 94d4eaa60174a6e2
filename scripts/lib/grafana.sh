# shellcheck shell=bash
# Grafana's boards (deploy/grafana) against a week of a plant and against an empty database: Tests/grafana.

# grafana_check FULL_URL EMPTY_URL ARGUMENT…: TAP; the boards of the original system where ../shared has their queries
grafana_check() {
    python_tools grafana "$ROOT/Tests/grafana/requirements.txt"
    PYTHONDONTWRITEBYTECODE=1 interruptible "$VENV/bin/python" "$ROOT/Tests/grafana/check.py" --full "$1" --empty "$2" \
        --field "$ROOT/../shared/field/dashboards.sql" "${@:3}"
}

# grafana_data URL MACHINES DAYS: a plant's week, a point a minute and sensor, nine sensors a machine
grafana_data() {
    "$PSQL" -Xq -o /dev/null -v machines="$2" -v days="$3" -v seconds=60 -d "$1" -f "$ROOT/Tests/grafana/data.sql"
}
