# shellcheck shell=bash
# A database and a broker of the tests' own, on free ports: never those of a running stack.

# private_begin NAME: state in $STATE/NAME, ended when the script ends, however it ends (AT_END: a function to call before)
private_begin() {
    PRIVATE=$STATE/$1
    mkdir -p "$PRIVATE/run"
    RUN=$PRIVATE/run LOGS=$PRIVATE/log SECRETS=$PRIVATE/secrets
    # Two at once would share the folder.
    exec 9>"$PRIVATE/run/lock"
    flock -n 9 || die "another run is at work in $PRIVATE"
    private_stop # what an earlier run that was killed left behind
    trap private_end EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
    trap 'exit 129' HUP
}

private_end() {
    local code=$?
    trap - EXIT
    trap '' INT TERM HUP
    interrupt_child
    ${AT_END:-true}
    private_stop
    exit "$code"
}

private_stop() {
    local file name
    for name in thin simulator mosquitto; do stop_part "$name" TERM 10; done
    stop_part postgres INT 20
    for file in "$RUN"/*.pid; do
        [ ! -e "$file" ] || stop_part "$(basename "$file" .pid)" TERM 10
    done
    rm -rf "$PRIVATE/data"
}

# private_database FIRST_PORT LAST_PORT [SETTING…]: sets ADMIN_URL (database postgres)
private_database() {
    local port
    port=$(free_port "$1" "$2")
    shift 2
    secret postgres 24 >/dev/null
    postgres_init "$PRIVATE/data/postgres" "$SECRETS/postgres"
    postgres_configure "$PRIVATE/data/postgres" "$port" "$@"
    postgres_start postgres "$PRIVATE/data/postgres"
    ADMIN_URL="postgresql://postgres:$(secret postgres 24)@127.0.0.1:$port/postgres"
    export PRIVATE_PG_PORT=$port
    postgres_wait postgres "$ADMIN_URL" 60
}

# A crash of the process loses nothing with these either, only a crash of the machine does: fit for tests, not for measuring.
# shellcheck disable=SC2034
FOR_TESTS=("max_connections = 300" "fsync = off" "full_page_writes = off" "log_min_duration_statement = -1" "max_wal_size = 2GB" "shared_buffers = 256MB")

# private_broker FIRST_PORT LAST_PORT [AUTOSAVE_SECONDS]: sets MQTT_URL
private_broker() {
    local port
    port=$(free_port "$1" "$2")
    broker_configure "$PRIVATE/data/mosquitto" "$port"
    [ -z "${3:-}" ] || sed -i "s/^autosave_interval .*/autosave_interval $3/" "$PRIVATE/data/mosquitto/mosquitto.conf"
    broker_start mosquitto "$PRIVATE/data/mosquitto"
    broker_wait mosquitto "$port" 20
    export MQTT_URL=mqtt://127.0.0.1:$port PRIVATE_MQTT_PORT=$port
}

# private_thin DATABASE INSTANCE [NAME=VALUE…]: `thin serve` of BINARIES on HTTP and METRICS, as part "thin"; does not wait
private_thin() {
    (
        export DATABASE_URL MQTT_URL THIN_HTTP=127.0.0.1:$HTTP THIN_METRICS=127.0.0.1:$METRICS SECRET_KEY
        DATABASE_URL="postgresql://thin:$(secret thin 24)@127.0.0.1:$PRIVATE_PG_PORT/$1"
        SECRET_KEY=$(secret secret_key 32)
        export SERVE_ML_ROOT=$PRIVATE/serve_ml MILLWRIGHT_SQL=$ROOT THIN_INSTANCE=$2 LOG_LEVEL=notice
        mkdir -p "$SERVE_ML_ROOT"
        start_part thin env "${@:3}" "$BINARIES/thin" serve
    )
}

# role_thin DATABASE LOGIN [NAME=VALUE…]: `thin serve` of BINARIES as a role of its own, which it makes; waits until it answers; sets THIN_URL and METRICS_URL
role_thin() {
    local http metrics url password
    url=$(with_database "$ADMIN_URL" "$1")
    password=$(random_word 12)
    http=$(free_port 18000 18049)
    metrics=$(free_port 18050 18099)
    # shellcheck disable=SC2034 # scripts/test
    THIN_URL=http://127.0.0.1:$http METRICS_URL=http://127.0.0.1:$metrics
    sql -d "$url" <<<"DO \$\$ BEGIN CREATE ROLE \"$2\" LOGIN IN ROLE thin; EXCEPTION WHEN duplicate_object THEN NULL; END \$\$;
        ALTER ROLE \"$2\" PASSWORD '$password'; GRANT CONNECT ON DATABASE \"$1\" TO \"$2\";"
    mkdir -p "$PRIVATE/data/bundles"
    # shellcheck disable=SC2001
    start_part thin env DATABASE_URL="$(sed "s|://[^@]*@|://$2:$password@|" <<<"$url")" MQTT_URL="$MQTT_URL" \
        THIN_HTTP="127.0.0.1:$http" THIN_METRICS="127.0.0.1:$metrics" THIN_INSTANCE="$2" SECRET_KEY="$(random_word 24)" \
        SERVE_ML_ROOT="$PRIVATE/data/bundles" MILLWRIGHT_SQL="$ROOT" LOG_LEVEL=warning "${@:3}" "$BINARIES/thin" serve
    for _ in {1..300}; do
        # its document and its routes are read one after the other: a request that needs a log-in is refused as such
        if curl -fsS -o /dev/null "$THIN_URL/openapi.json" 2>/dev/null &&
            [ "$(curl -s -o /dev/null -w '%{http_code}' "$THIN_URL/api/v1/auth/me")" = 401 ]; then return 0; fi
        is_alive thin || break
        sleep 0.1
    done
    tail -n 20 "$LOGS/thin.log" >&2
    die "thin did not start; its whole output: $LOGS/thin.log"
}

# with_database URL NAME: the same server and user, another database; URI or key=value form
with_database() {
    local url=$1 query=''
    case $url in
    postgres://* | postgresql://*)
        [[ $url != *\?* ]] || { query="?${url#*\?}" && url=${url%%\?*}; }
        local scheme=${url%%://*} rest=${url#*://}
        printf '%s://%s/%s%s\n' "$scheme" "${rest%%/*}" "$2" "$query"
        ;;
    *) printf '%s dbname=%s\n' "$url" "$2" ;;
    esac
}

# create_database URL NAME [TEMPLATE]: TimescaleDB's launcher looks into each database now and then, and one that is in use
# cannot be copied: then it is tried again, for ten seconds
create_database() {
    local attempt said
    sql -d "$1" <<<"SET client_min_messages = warning; DROP DATABASE IF EXISTS \"$2\" WITH (FORCE);"
    for attempt in {1..50}; do
        if said=$(sql -d "$1" 2>&1 <<<"CREATE DATABASE \"$2\" ${3:+TEMPLATE \"$3\"};"); then return 0; fi
        [[ $said == *"being accessed by other users"* ]] || break
        sleep 0.2
    done
    die "database $2 cannot be made (attempt $attempt): $said"
}
drop_database() { sql -d "$1" <<<"SET client_min_messages = warning; DROP DATABASE IF EXISTS \"$2\" WITH (FORCE);" || true; }

# close_template URL NAME: a template can be copied only while nobody is connected, TimescaleDB's workers included
close_template() {
    sql -d "$1" >/dev/null <<<"ALTER DATABASE \"$2\" ALLOW_CONNECTIONS false;
        SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '$2';"
}

# migrate URL: with the thin of BINARIES
migrate() {
    mkdir -p "$LOGS"
    DATABASE_URL=$1 MILLWRIGHT_SQL=$ROOT "$BINARIES/thin" migrate >"$LOGS/migrate.log" 2>&1 9>&- || {
        tail -n 25 "$LOGS/migrate.log" >&2
        die "thin migrate failed; its whole output: $LOGS/migrate.log"
    }
}
