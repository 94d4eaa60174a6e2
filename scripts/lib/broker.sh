# shellcheck shell=bash
# A private mosquitto on 127.0.0.1, from deploy/mosquitto/mosquitto.conf, where the reasons stand: a window of at least
# twice thin's batch, a queue for an outage, a bound on memory that it cannot reach.

mosquitto_binary() { PATH=$PATH:/usr/sbin:/usr/local/sbin command -v mosquitto; }
mosquitto_plugin() {
    local file
    for file in /usr/lib/*/mosquitto_dynamic_security.so /usr/lib/mosquitto_dynamic_security.so /usr/lib64/mosquitto_dynamic_security.so \
        /usr/local/lib/mosquitto_dynamic_security.so; do
        [ ! -e "$file" ] || { echo "$file" && return 0; }
    done
    die "mosquitto has no dynamic security plugin on this machine (mosquitto_dynamic_security.so)"
}

# broker_configure DIR PORT: for tests and benches, open to whoever is on this machine
broker_configure() {
    mkdir -p "$1"
    {
        printf '%s\n' "# Written by scripts/lib/broker.sh at each start, for tests: loopback, no password." \
            "listener $2 127.0.0.1" "allow_anonymous true"
        sed -n '/^# --- Acknowledge after commit/,$p' "$ROOT/deploy/mosquitto/mosquitto.conf" | broker_local "$1"
    } >"$1/mosquitto.conf"
    give_to_service "$1"
}

# broker_configure_protected DIR PORT THIN_PORT: as it is shipped, without TLS on loopback. Accounts: gateway and simulator on PORT,
# thin on THIN_PORT; passwords in $SECRETS/NAME_mqtt_password. Several tools share the account gateway, so client ids are theirs.
broker_configure_protected() {
    local list=$'gateway +\nsimulator +'
    mkdir -p "$1" "$SECRETS"
    [ "$(cat "$SECRETS/gateways" 2>/dev/null)" = "$list" ] || echo "$list" >"$SECRETS/gateways"
    "$ROOT/deploy/mosquitto/make-access" "$SECRETS"
    {
        echo "# Written by scripts/lib/broker.sh at each start, for this machine only."
        sed -e "s|^listener 8883$|listener $2 127.0.0.1|; s|^listener 8884$|listener $3 127.0.0.1|" \
            -e '/^certfile /d; /^keyfile /d; /^tls_version /d; /^use_username_as_clientid /d' \
            -e "s|^plugin .*|plugin $(mosquitto_plugin)|" \
            -e "s|/mosquitto/config/gateways.json|$SECRETS/mosquitto_gateways.json|; s|/mosquitto/config/passwords|$SECRETS/mosquitto_thin_password|" \
            -e "s|/mosquitto/config/thin.acl|$1/thin.acl|" "$ROOT/deploy/mosquitto/mosquitto.conf" | broker_local "$1"
    } >"$1/mosquitto.conf"
    cp "$ROOT/deploy/mosquitto/thin.acl" "$1/thin.acl"
    give_to_service "$1" "$SECRETS/mosquitto_gateways.json" "$SECRETS/mosquitto_thin_password" "$SECRETS/thin_mqtt_password" \
        "$SECRETS/simulator_mqtt_password"
}
broker_local() { sed -e "s|/mosquitto/data/|$1/|; s|^log_dest .*|log_dest stderr|; s|^connection_messages .*|connection_messages false|"; }

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
