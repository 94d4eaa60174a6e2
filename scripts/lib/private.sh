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

# private_broker FIRST_PORT LAST_PORT: sets MQTT_URL
private_broker() {
    local port
    port=$(free_port "$1" "$2")
    broker_configure "$PRIVATE/data/mosquitto" "$port"
    broker_start mosquitto "$PRIVATE/data/mosquitto"
    broker_wait mosquitto "$port" 20
    export MQTT_URL=mqtt://127.0.0.1:$port PRIVATE_MQTT_PORT=$port
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
