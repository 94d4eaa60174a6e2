# shellcheck shell=bash
# Sourced by every script here: where things are, how to speak, how to keep track of processes.
set -Eeuo pipefail
umask 022
export LC_ALL=C.UTF-8

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
STATE=${MILLWRIGHT_HOME:-$ROOT/.millwright}
case $STATE in /*) ;; *) STATE=$PWD/$STATE ;; esac
RUN=$STATE/run       # pid files, the ports in use
LOGS=$STATE/log
SECRETS=$STATE/secrets
export ROOT STATE RUN LOGS SECRETS

# ---- speaking ---------------------------------------------------------------------------------

if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then
    BOLD=$'\e[1m' DIM=$'\e[2m' RED=$'\e[31m' GREEN=$'\e[32m' PLAIN=$'\e[0m'
else
    BOLD='' DIM='' RED='' GREEN='' PLAIN=''
fi
export BOLD DIM RED GREEN PLAIN

say() { printf '%s\n' "$*"; }
step() { printf '%s==>%s %s\n' "$BOLD" "$PLAIN" "$*"; }
warn() { printf '%swarning:%s %s\n' "$RED" "$PLAIN" "$*" >&2; }
die() {
    printf '%serror:%s %s\n' "$RED" "$PLAIN" "$*" >&2
    exit 1
}

now_ms() { local t=$EPOCHREALTIME; echo "$((${t%.*} * 1000 + 10#${t#*.} / 1000))"; }

# timed TEXT COMMAND…: says what begins and how long it took
timed() {
    local what=$1 began
    shift
    step "$what"
    began=$(now_ms)
    "$@"
    seconds_since "$began" | sed "s/^/    ${DIM}took /; s/\$/${PLAIN}/"
}
seconds_since() { awk -v a="$1" -v b="$(now_ms)" 'BEGIN { printf "%.1f s\n", (b - a) / 1000 }'; }

# ---- small tools ------------------------------------------------------------------------------

have() { command -v "$1" >/dev/null 2>&1; }
am_root() { [ "$(id -u)" = 0 ]; }

# random_word BYTES: hexadecimal, so that it needs no quoting in a URL, a shell or SQL
random_word() { od -An -N "$1" -tx1 /dev/urandom | tr -d ' \n'; }

# secret NAME BYTES: prints the secret of that name, made at first use, readable by its owner only
secret() {
    local file=$SECRETS/$1
    if [ ! -s "$file" ]; then
        mkdir -p "$SECRETS"
        (umask 077 && random_word "$2" >"$file.new" && mv "$file.new" "$file")
    fi
    cat "$file"
}

port_taken() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

port_holder() {
    have ss || return 0
    ss -Hltnp "sport = :$1" 2>/dev/null | sed -n 's/.*users:(("\([^"]*\)",pid=\([0-9]*\).*/ by \1 (pid \2)/p' | head -n 1
}

# free_port FIRST LAST: the first port of the range that nobody listens on
free_port() {
    local port
    for ((port = $1; port <= $2; port++)); do
        port_taken "$port" || { echo "$port" && return 0; }
    done
    die "no free port between $1 and $2"
}

need_command() { have "$1" || die "$1 is needed and was not found${2:+: $2}"; }

# ---- processes --------------------------------------------------------------------------------
# A pid file holds "pid start-time": the start time tells a living process from a recycled number.

start_time() { awk '{ sub(/.*\) /, ""); print $20 }' "/proc/$1/stat" 2>/dev/null; }
is_zombie() { [ "$(awk '{ sub(/.*\) /, ""); print $1 }' "/proc/$1/stat" 2>/dev/null)" = Z ]; }

# pid_of NAME: prints the pid when that part is alive
pid_of() {
    local pid began
    [ -s "$RUN/$1.pid" ] || return 1
    read -r pid began <"$RUN/$1.pid" || return 1
    [ -d "/proc/$pid" ] && [ "$(start_time "$pid")" = "$began" ] && ! is_zombie "$pid" || return 1
    echo "$pid"
}
is_alive() { pid_of "$1" >/dev/null; }

# start_part NAME COMMAND…: in the background, in a session of its own (Ctrl-C must reach only the script,
# which then stops the parts in order), standard output and error to its log
start_part() {
    local name=$1 log=$LOGS/$1.log pid
    shift
    mkdir -p "$RUN" "$LOGS"
    [ ! -s "$log" ] || mv -f "$log" "$log.1"
    (cd "$STATE" && exec setsid "${AS_SERVICE[@]}" "$@") </dev/null >"$log" 2>&1 9>&- &
    pid=$!
    echo "$pid $(start_time "$pid")" >"$RUN/$name.pid"
}

# stop_part NAME SIGNAL SECONDS: asks, waits, and only then forces
stop_part() {
    local name=$1 signal=$2 patience=$3 pid deadline
    if pid=$(pid_of "$name"); then
        kill -s "$signal" "$pid" 2>/dev/null || true
        deadline=$((SECONDS + patience))
        while is_alive "$name" && [ "$SECONDS" -lt "$deadline" ]; do sleep 0.05; done
        if is_alive "$name"; then
            warn "$name did not stop within $patience s: killing it"
            kill -s KILL "$pid" 2>/dev/null || true
            while is_alive "$name"; do sleep 0.05; done
        fi
    fi
    rm -f "$RUN/$name.pid"
}

# interruptible COMMAND…: a long command of ours, in a session of its own, so that a signal is answered at once
# (bash waits for a foreground command before it runs a trap) and the whole tree below it can be ended.
CHILD=''
interruptible() {
    setsid "$@" </dev/null 9>&- &
    CHILD=$!
    local code=0
    wait "$CHILD" || code=$?
    CHILD=''
    return "$code"
}
# the same, keeping its standard input
interruptible_input() {
    setsid "$@" <&0 9>&- &
    CHILD=$!
    local code=0
    wait "$CHILD" || code=$?
    CHILD=''
    return "$code"
}
interrupt_child() {
    [ -n "$CHILD" ] || return 0
    kill -s TERM -- "-$CHILD" 2>/dev/null || true
    wait "$CHILD" 2>/dev/null || true
    CHILD=''
}

# ---- stepping down ----------------------------------------------------------------------------
# PostgreSQL refuses to run as root, and nothing that listens on a port should. As root the parts run as a user of
# their own; otherwise as whoever called. AS_SERVICE is put before a command.

AS_SERVICE=()
SERVICE_USER=$(id -un 2>/dev/null || id -u)

use_service_user() {
    am_root || return 0
    need_command setpriv "it belongs to Debian's util-linux"
    if id -u postgres >/dev/null 2>&1; then
        SERVICE_USER=postgres
    else
        SERVICE_USER=millwright
        id -u millwright >/dev/null 2>&1 ||
            useradd --system --user-group --no-create-home --home-dir "$STATE" --shell /usr/sbin/nologin millwright
    fi
    local plain=(setpriv --reuid "$SERVICE_USER" --regid "$(id -g "$SERVICE_USER")" --init-groups) capability
    AS_SERVICE=("${plain[@]}")
    mkdir -p "$STATE"
    may_read_all && return 0
    # A checkout below /root or another closed folder: let the user pass through it, and nothing more, where the
    # kernel grants that; containers often lack the first of the two capabilities.
    for capability in dac_read_search dac_override; do
        AS_SERVICE=("${plain[@]}" --inh-caps "+$capability" --ambient-caps "+$capability")
        if may_read_all 2>/dev/null; then return 0; fi
    done
    die "user $SERVICE_USER cannot reach $STATE (a folder above it is closed to others): set MILLWRIGHT_HOME to, say, /var/lib/millwright, and keep the checkout where others may read"
}
may_read_all() {
    local tool
    tool=$(command -v swift || echo /bin/sh)
    # shellcheck disable=SC2016 # $1 and $2 belong to the inner shell
    "${AS_SERVICE[@]}" sh -c 'cd "$1" && test -r "$2" && test -x "$3"' sh "$STATE" "$ROOT/Makefile" "$(readlink -f "$tool")" 2>/dev/null
}

# give_to_service PATH…: hands files to the user that the parts run as
give_to_service() { ! am_root || chown -R "$SERVICE_USER:" "$@"; }
