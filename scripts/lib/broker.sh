# shellcheck shell=bash
# A private mosquitto on 127.0.0.1. Production's configuration is deploy/mosquitto/mosquitto.conf.

mosquitto_binary() { PATH=$PATH:/usr/sbin:/usr/local/sbin command -v mosquitto; }

# broker_configure DIR PORT
broker_configure() {
    mkdir -p "$1"
    cat >"$1/mosquitto.conf" <<END
# Written by scripts/lib/broker.sh at each start. For this machine only: the listener is on loopback and asks for no password.
listener $2 127.0.0.1
allow_anonymous true

# What thin has not acknowledged stays with the broker, over a restart too.
persistence true
persistence_location $1/
autosave_interval 10
persistent_client_expiration 14d

# As in deploy/mosquitto/mosquitto.conf, where the reasons stand: a window of at least twice thin's batch, a queue that
# drops nothing that was promised, and a bound on memory instead.
max_inflight_messages 16384
max_inflight_bytes 0
max_queued_messages 0
max_queued_bytes 0
memory_limit 4294967296
message_size_limit 4194304
max_packet_size 4325376
set_tcp_nodelay true

log_dest stderr
log_type error
log_type warning
log_type notice
log_timestamp_format %Y-%m-%dT%H:%M:%S
connection_messages false
END
    give_to_service "$1"
}

# broker_start NAME DIR
broker_start() { start_part "$1" "$(mosquitto_binary)" -c "$2/mosquitto.conf"; }

# broker_wait NAME PORT SECONDS
broker_wait() {
    local deadline=$((SECONDS + $3))
    until port_taken "$2"; do
        is_alive "$1" || part_died "$1"
        [ "$SECONDS" -lt "$deadline" ] || die "the broker does not listen on port $2 after $3 s; its log: $LOGS/$1.log"
        sleep 0.05
    done
}
