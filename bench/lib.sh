# shellcheck shell=bash
# What the measurements share: their Python tools, a database and a broker of their own, thin between them.

tools() { python_tools bench "$ROOT/bench/requirements.txt"; }

bench_servers() {
    # The settings of `make run`, durability included: nothing is measured with fsync off.
    private_database 15563 15592
    private_broker 11983 12012
    HTTP=$(free_port 18000 18099)
    METRICS=$(free_port 19091 19190)
    THIN_URL=http://127.0.0.1:$HTTP
    # shellcheck disable=SC2034 # for bench/run
    METRICS_URL=http://127.0.0.1:$METRICS/metrics
    URL=$(with_database "$ADMIN_URL" millwright_bench)
    create_database "$ADMIN_URL" millwright_bench
    migrate "$URL"
    sql -d "$URL" <<<"ALTER ROLE thin PASSWORD '$(secret thin 24)';"
}

thin_launch() { private_thin millwright_bench bench ENABLE_NOTIFICATIONS=false; }
thin_start() {
    thin_launch
    local deadline=$((SECONDS + 60))
    until [ "$(curl -s -m 2 -o /dev/null -w '%{http_code}' "$THIN_URL/health")" = 200 ]; do
        is_alive thin || part_died thin
        [ "$SECONDS" -lt "$deadline" ] || die "thin is not well after 60 s: $(curl -s -m 2 "$THIN_URL/health")"
        sleep 0.1
    done
}
