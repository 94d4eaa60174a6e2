# shellcheck shell=bash
# The embedded TimescaleDB: unpacking it, and private clusters of it.
# A cluster is a folder: data/ (PostgreSQL's own), and the caller keeps its port and its administrator's password.

POSTGRES_PREFIX=${MILLWRIGHT_PG_PREFIX:-$STATE/pg17}
POSTGRES_BIN=$POSTGRES_PREFIX/usr/lib/postgresql/17/bin
POSTGRES_SHARE=$POSTGRES_PREFIX/usr/share/postgresql/17
PSQL=$POSTGRES_BIN/psql
export POSTGRES_PREFIX POSTGRES_BIN POSTGRES_SHARE PSQL

postgres_install() {
    local installer=$ROOT/scripts/embedded-timescaledb-install.sh stamp
    stamp=$(sha256sum <"$installer")
    [ -z "${MILLWRIGHT_PG_PREFIX:-}" ] || { [ -x "$PSQL" ] && return 0; }
    [ "$(cat "$POSTGRES_PREFIX/.installed" 2>/dev/null)" != "$stamp" ] || return 0
    step "Unpacking PostgreSQL 17 and TimescaleDB into $POSTGRES_PREFIX (51 MB to fetch)"
    rm -rf "$POSTGRES_PREFIX.new"
    sh "$installer" "$POSTGRES_PREFIX.new"
    echo "$stamp" >"$POSTGRES_PREFIX.new/.installed"
    rm -rf "$POSTGRES_PREFIX"
    mv "$POSTGRES_PREFIX.new" "$POSTGRES_PREFIX"
}

# postgres_init DATA PASSWORD_FILE: an empty cluster whose only user is postgres, reached by TCP and password alone.
# No unix socket: its path may have 107 bytes only, and checkouts can lie deeper.
postgres_init() {
    local data=$1 password_file=$2 given
    [ ! -f "$data/PG_VERSION" ] || return 0
    rm -rf "$data"
    mkdir -p "$(dirname "$data")"
    # initdb makes the folder itself (mode 0700), as the user that the server runs as, and reads the password as that user.
    (umask 077 && mkdir "$data" && cat "$password_file" >"$data.password")
    give_to_service "$data" "$data.password"
    given=$(cd / && "${AS_SERVICE[@]}" env HOME="$data" "$POSTGRES_BIN/initdb" -D "$data" -U postgres --pwfile="$data.password" \
        --auth=scram-sha-256 --encoding=UTF8 --locale=C.UTF-8 --locale-provider=builtin --builtin-locale=C.UTF-8 \
        --no-instructions 2>&1) || { rm -rf "$data" "$data.password"; die "initdb failed:"$'\n'"$given"; }
    rm -f "$data.password"
    echo "include 'millwright.conf'" >>"$data/postgresql.conf"
}

# postgres_configure DATA PORT [EXTRA LINE…]: written anew at each start, so that a change here reaches old clusters
postgres_configure() {
    local data=$1 port=$2 memory_mb buffers_mb
    shift 2
    memory_mb=$(awk '/^MemTotal/ { print int($2 / 1024) }' /proc/meminfo)
    buffers_mb=$((memory_mb / 8 > 2048 ? 2048 : memory_mb / 8 < 128 ? 128 : memory_mb / 8))
    cat >"$data/millwright.conf.new" <<END
# Written by scripts/lib/postgres.sh at each start. Your own settings: ALTER SYSTEM, which stands above this file.
listen_addresses = '127.0.0.1'
port = $port
unix_socket_directories = ''
shared_preload_libraries = 'timescaledb,pg_stat_statements'
timescaledb.telemetry_level = off
timezone = 'UTC'
log_timezone = 'UTC'
max_connections = 100
# for thin alone, so that no other login can keep it out by taking all connections
reserved_connections = 20

# An acknowledgement to the broker promises that the batch survives a crash, so it stays on.
synchronous_commit = on
fsync = on

# The working set is the open chunks with their indexes. An eighth of memory, 2 GB at most: the machine is shared
# with the broker, thin and whatever else a developer runs; the page cache does the rest.
shared_buffers = ${buffers_mb}MB
effective_cache_size = $((memory_mb / 2))MB
work_mem = 32MB
maintenance_work_mem = 256MB

# Ingest writes some 30 MB of WAL a second at full rate. With 1 GB (the default) a checkpoint, and with it a new round
# of full-page images, would come every half minute; 8 GB and 15 minutes space them out. lz4 costs little and shrinks
# those images three- to fourfold.
max_wal_size = 8GB
min_wal_size = 512MB
checkpoint_timeout = 15min
checkpoint_completion_target = 0.9
wal_compression = lz4
wal_buffers = 64MB

# Solid-state disks; plans for small, hot queries are not worth compiling.
random_page_cost = 1.1
effective_io_concurrency = 200
jit = off

# A hypertable's chunks are locked one by one, each with its two indexes: room for nine sessions that read all of 20 years of
# history and 10 years of daily chunks (11,000 locks each; 60 MB). ops.health warns where a server has less.
max_locks_per_transaction = 1024
max_worker_processes = 16
timescaledb.max_background_workers = 4

# Append-only chunks: vacuum early enough that index-only scans and freezing never pile up.
autovacuum_naptime = 20s
autovacuum_vacuum_insert_scale_factor = 0.4

log_min_duration_statement = 2s
log_lock_waits = on
log_line_prefix = '%m [%p] %q%u@%d %a '
track_io_timing = on
END
    printf '%s\n' "$@" >>"$data/millwright.conf.new"
    mv -f "$data/millwright.conf.new" "$data/millwright.conf"
    give_to_service "$data/millwright.conf"
    # A pid file that a power cut left behind names a process that is gone or is now something else.
    local pid
    if pid=$(head -n 1 "$data/postmaster.pid" 2>/dev/null) && ! grep -qzF -- "$data" "/proc/$pid/cmdline" 2>/dev/null; then
        rm -f "$data/postmaster.pid"
    fi
}

# postgres_start NAME DATA: as a part (see common.sh), and waits until it answers
postgres_start() {
    start_part "$1" env HOME="$2" "$POSTGRES_BIN/postgres" -D "$2"
}

# postgres_wait NAME URL SECONDS
postgres_wait() {
    local deadline=$((SECONDS + $3))
    until PGCONNECT_TIMEOUT=3 "$PSQL" -XAtq -d "$2" -c 'SELECT 1' >/dev/null 2>&1; do
        is_alive "$1" || part_died "$1"
        [ "$SECONDS" -lt "$deadline" ] || die "the database does not answer after $3 s; its log: $LOGS/$1.log"
        sleep 0.1
    done
}

part_died() {
    printf '%serror:%s %s ended by itself. The end of its log (%s):\n' "$RED" "$PLAIN" "$1" "$LOGS/$1.log" >&2
    tail -n 25 "$LOGS/$1.log" | sed 's/^/    /' >&2
    exit 1
}

# administrator's psql: fails at the first error, reads no start-up file
sql() { "$PSQL" -X -q -v ON_ERROR_STOP=1 "$@"; }
