# shellcheck shell=bash
# The whole: database, broker, thin, simulator, the training worker; started in that order, stopped so that nothing is lost.

PARTS=(postgres mosquitto thin simulator trainer)

# Ports: the caller's environment, else those of the running stack, else the defaults.
stack_settings() {
    local name value
    if [ -f "$RUN/settings" ]; then
        while IFS='=' read -r name value; do
            case $name in
            THIN_HTTP | THIN_METRICS | MQTT_PORT | PG_PORT) [ -n "${!name:-}" ] || printf -v "$name" %s "$value" ;;
            esac
        done <"$RUN/settings"
    fi
    THIN_HTTP=${THIN_HTTP:-127.0.0.1:8000}
    THIN_METRICS=${THIN_METRICS:-127.0.0.1:9091}
    MQTT_PORT=${MQTT_PORT:-1883}
    PG_PORT=${PG_PORT:-5433}
    case $THIN_HTTP in *:*) ;; *) THIN_HTTP=127.0.0.1:$THIN_HTTP ;; esac
    case $THIN_METRICS in *:*) ;; *) THIN_METRICS=127.0.0.1:$THIN_METRICS ;; esac
    THIN_URL=http://${THIN_HTTP/#0.0.0.0:/127.0.0.1:}
    METRICS_URL=http://${THIN_METRICS/#0.0.0.0:/127.0.0.1:}/metrics
    MQTT_URL=mqtt://127.0.0.1:$MQTT_PORT
    DATABASE=millwright
}

# What publishes comes in with this one; needs the secrets too. make run's broker takes nobody without a password.
gateway_url() { echo "mqtt://gateway:$(cat "$SECRETS/gateway_mqtt_password")@127.0.0.1:$MQTT_PORT"; }

# The administrator's URL; needs the secrets, so only after the first start.
admin_url() { echo "postgresql://postgres:$(secret postgres 24)@127.0.0.1:$PG_PORT/${1:-$DATABASE}"; }

stack_check_ports() {
    local taken=() entry name port
    for entry in "PG_PORT $PG_PORT postgres" "MQTT_PORT $MQTT_PORT mosquitto" "THIN_HTTP ${THIN_HTTP##*:} thin" \
        "THIN_METRICS ${THIN_METRICS##*:} thin"; do
        read -r name port part <<<"$entry"
        if ! [[ $port =~ ^[0-9]{1,5}$ ]] || ((10#$port < 1 || 10#$port > 65535)); then die "$name: $port is no port number"; fi
        ! port_taken "$port" || taken+=("    $name: port $port is taken$(port_holder "$port")")
    done
    [ ${#taken[@]} = 0 ] || die "nothing was started, because a port is not free:"$'\n'"$(printf '%s\n' "${taken[@]}")"$'\n'"    choose others, such as: make run ${taken[0]//[^A-Z_]/}=…"
}

stack_write_settings() {
    mkdir -p "$RUN"
    printf '%s\n' "THIN_HTTP=$THIN_HTTP" "THIN_METRICS=$THIN_METRICS" "MQTT_PORT=$MQTT_PORT" "PG_PORT=$PG_PORT" >"$RUN/settings"
}

# Everything that is needed before the first process can start.
stack_prepare() {
    need_packages "${PACKAGES_RUN[@]}"
    use_service_user
    postgres_install
    build_release
}

stack_start_database() {
    local fresh=no password
    mkdir -p "$STATE/data"
    secret postgres 24 >/dev/null
    [ -f "$STATE/data/postgres/PG_VERSION" ] || fresh=yes
    [ "$fresh" = no ] || step "Initialising the database cluster"
    postgres_init "$STATE/data/postgres" "$SECRETS/postgres"
    postgres_configure "$STATE/data/postgres" "$PG_PORT"
    postgres_start postgres "$STATE/data/postgres"
    # After a crash it replays the WAL first, up to max_wal_size of it.
    postgres_wait postgres "$(admin_url postgres)" 300
    if [ "$(sql -At -d "$(admin_url postgres)" -c "SELECT count(*) FROM pg_database WHERE datname = '$DATABASE'")" = 0 ]; then
        sql -d "$(admin_url postgres)" -c "CREATE DATABASE $DATABASE"
    fi
    # This server is ours alone: in its other databases every login could write large objects and temporary tables, and fill the disk.
    sql -d "$(admin_url postgres)" <<<"REVOKE CONNECT ON DATABASE postgres, template1 FROM PUBLIC;"
    migrate "$(admin_url)"
    # The passwords go in on standard input: arguments can be read by every user of the machine.
    password=$(secret thin 24)
    sql -d "$(admin_url)" <<<"ALTER ROLE thin PASSWORD '$password'; ALTER ROLE grafana_reader PASSWORD '$(secret grafana_reader 24)';"
}

stack_credentials() {
    local email=${ADMIN_EMAIL:-admin@millwright.local}
    if [ ! -s "$STATE/credentials" ]; then
        (umask 077 && printf 'ADMIN_EMAIL=%s\nADMIN_PASSWORD=%s\n' "$email" "$(random_word 12)" >"$STATE/credentials")
    fi
    if [ "$(sql -At -d "$(admin_url)" -c "SELECT count(*) FROM auth.account WHERE role = 'admin'")" = 0 ]; then
        sql -At -d "$(admin_url)" >/dev/null <<END
\set email '$(sed -n 's/^ADMIN_EMAIL=//p' "$STATE/credentials")'
\set password '$(sed -n 's/^ADMIN_PASSWORD=//p' "$STATE/credentials")'
SELECT auth.bootstrap_admin(:'email', :'password');
END
    fi
}

# Bundles that the demo scores with: trained on the simulator's own normal data. Made anew when their maker changes.
stack_bundles() {
    local tool=$ROOT/tools/make_example_bundles.py stamp
    # what their features are made by counts as well: a model must be asked with what it was trained on
    stamp=$(find "$ROOT/tools" "$ROOT/Sources/Simulator/Signal" "$ROOT/Sources/ServeML/Waveform" \( -name '*.py' -o -name '*.swift' \) \
        ! -name listen.py -type f -print0 | LC_ALL=C sort -z | xargs -0 cat | sha256sum)
    [ "$(cat "$STATE/.bundles" 2>/dev/null)" != "$stamp" ] || return 0
    step "Training the example serve_ml bundles"
    mkdir -p "$STATE/serve_ml"
    PYTHONDONTWRITEBYTECODE=1 interruptible /usr/bin/python3 "$tool" --output "$STATE/serve_ml" --simulator "$BINARIES/simulator" \
        >"$LOGS/bundles.log" 2>&1 || {
        tail -n 15 "$LOGS/bundles.log" >&2
        die "the example bundles could not be made; the whole output: $LOGS/bundles.log"
    }
    echo "$stamp" >"$STATE/.bundles"
}

# Swagger UI for /docs. Without it (no network to PyPI, say) /docs is a plain list.
stack_docs_assets() {
    [ ! -s "$STATE/docs-assets/swagger-ui-bundle.js" ] || return 0
    local work=$STATE/docs-assets.new fetched=yes
    step "Fetching Swagger UI for /docs"
    rm -rf "$work"
    if /usr/bin/python3 -m venv "$work/venv" &&
        "$work/venv/bin/pip" --quiet --disable-pip-version-check --no-input download --no-deps --require-hashes \
            --dest "$work" -r "$ROOT/scripts/requirements-docs.txt" &&
        /usr/bin/python3 "$ROOT/scripts/docs_assets.py" "$work"/*.whl "$work/assets"; then
        rm -rf "$STATE/docs-assets"
        mv "$work/assets" "$STATE/docs-assets"
    else
        fetched=no
    fi >"$LOGS/docs-assets.log" 2>&1
    [ "$fetched" = yes ] || warn "Swagger UI could not be fetched ($LOGS/docs-assets.log): /docs will be a plain list"
    rm -rf "$work"
}

# web_assets FOLDER: the page's library for charts, from Debian's libjs-dygraphs, as files that thin serves below /vendor/
web_assets() {
    mkdir -p "$1"
    cp -L /usr/share/javascript/dygraphs/dygraph.min.js /usr/share/javascript/dygraphs/dygraph.min.css "$1/"
}

# bundles_folder: where thin reads bundles and the training worker puts them
# shellcheck disable=SC2031 # it is not changed where this is asked
bundles_folder() { echo "${SERVE_ML_ROOT:-$STATE/serve_ml}"; }

stack_start_thin() {
    secret secret_key 32 >/dev/null
    mkdir -p "$STATE/serve_ml"
    (umask 077 && echo "postgresql://thin:$(secret thin 24)@127.0.0.1:$PG_PORT/$DATABASE" >"$SECRETS/database_url")
    # thin reads these two as the user that it runs as; the folder itself stays listable, its files are 0600.
    give_to_service "$SECRETS/database_url" "$SECRETS/secret_key"
    (
        unset DATABASE_URL SECRET_KEY MQTT_PASSWORD
        export DATABASE_URL_FILE=$SECRETS/database_url SECRET_KEY_FILE=$SECRETS/secret_key THIN_HTTP THIN_METRICS
        SERVE_ML_ROOT=$(bundles_folder)
        export SERVE_ML_ROOT MILLWRIGHT_SQL=$ROOT THIN_INSTANCE=${THIN_INSTANCE:-local}
        export THIN_VOLUMES=${THIN_VOLUMES:-/,$STATE}
        [ ! -d "$STATE/docs-assets" ] || export THIN_DOCS_ASSETS=${THIN_DOCS_ASSETS:-$STATE/docs-assets}
        export THIN_WEB_ASSETS=${THIN_WEB_ASSETS:-$STATE/web-assets}
        start_part thin env MQTT_URL="mqtt://127.0.0.1:$THIN_MQTT_PORT" MQTT_USERNAME=thin \
            MQTT_PASSWORD_FILE="$SECRETS/thin_mqtt_password" "$BINARIES/thin" serve
    )
    local deadline=$((SECONDS + 60)) answer
    until answer=$(curl -s -m 3 -o /dev/null -w '%{http_code}' "$THIN_URL/health") && [ "$answer" = 200 ]; do
        is_alive thin || part_died thin
        if [ "$SECONDS" -ge "$deadline" ]; then
            curl -s -m 3 "$THIN_URL/health" >&2 || true
            die "thin's /health is not 200 after 60 s; its log: $LOGS/thin.log"
        fi
        sleep 0.1
    done
}

# The demo's plant (scripts/demo/README.md): each file does its part once.
stack_demo() {
    local file
    if [ "$(sql -At -d "$(admin_url)" -c "SELECT count(*) FROM ingest.import WHERE file_name LIKE 'demo: %' AND finished_at IS NOT NULL")" = 0 ]; then
        step "Describing the demo's plant, with a made-up week of history"
    fi
    for file in "$ROOT"/scripts/demo/*.sql; do
        sql -d "$(admin_url)" -o /dev/null -f "$file" >/dev/null
    done
}

# What one small plant sends, so that two cores stay nearly idle, and what goes wrong in its first five minutes: change with SIMULATE_ARGS.
stack_start_simulator() {
    local arguments=()
    read -ra arguments <<<"${SIMULATE_ARGS:---machines 8 --rate 200 --fault-after 30s --fault-growth 240s}"
    start_part simulator env -u MQTT_PASSWORD MQTT_URL="$MQTT_URL" MQTT_USERNAME=simulator \
        MQTT_PASSWORD_FILE="$SECRETS/simulator_mqtt_password" "$BINARIES/simulator" run "${arguments[@]}"
}

# The training worker, unless TRAINER=0. Without its environment (no network to PyPI, say) trainings wait until there is one.
stack_start_trainer() {
    local folder password
    folder=$(bundles_folder)
    if ! trainer_tools; then
        warn "the training worker's packages could not be fetched ($LOGS/trainer-venv.log): trainings will wait in the queue"
        return 0
    fi
    # on standard input, and only the role's own: it can take jobs and read what they are trained on
    password=$(secret trainer 24)
    sql -d "$(admin_url)" <<<"ALTER ROLE trainer PASSWORD '$password';"
    (umask 077 && echo "postgresql://trainer:$password@127.0.0.1:$PG_PORT/$DATABASE" >"$SECRETS/trainer_database_url")
    give_to_service "$SECRETS/trainer_database_url" "$folder"
    (
        unset DATABASE_URL TRAINER_DATABASE_URL
        export TRAINER_DATABASE_URL_FILE=$SECRETS/trainer_database_url
        export PYTHONPATH=$ROOT/trainer:$ROOT/tools PYTHONDONTWRITEBYTECODE=1
        start_part trainer env SERVE_ML_ROOT="$folder" "$VENV/bin/python" -m millwright_trainer
    )
}
# trainer_tools: sets VENV to the worker's environment, made where it is missing or its list of packages has changed
trainer_tools() {
    [ -d "$STATE/venv/trainer" ] || step "Fetching the training worker's packages"
    mkdir -p "$LOGS"
    python_tools trainer "$ROOT/trainer/requirements.txt" >"$LOGS/trainer-venv.log" 2>&1
}

# stack_start: expects the ports to be free and the set-up done
stack_start() {
    stack_write_settings
    THIN_MQTT_PORT=$(free_port 18830 18899)
    broker_configure_protected "$STATE/data/mosquitto" "$MQTT_PORT" "$THIN_MQTT_PORT"
    step "Starting database and broker"
    broker_start mosquitto "$STATE/data/mosquitto"
    stack_start_database
    broker_wait mosquitto "$MQTT_PORT" 30
    stack_credentials
    stack_bundles
    stack_docs_assets
    web_assets "$STATE/web-assets"
    step "Starting thin"
    stack_start_thin
    if [ "${SIMULATE:-1}" != 0 ]; then
        stack_demo
        step "Starting the simulator"
        stack_start_simulator
    fi
    if [ "${TRAINER:-1}" != 0 ]; then
        step "Starting the training worker"
        stack_start_trainer
    fi
}

# thin first, so that it can finish and acknowledge its batch; then who sends; then the broker; the database last.
stack_stop() {
    stop_part trainer TERM 15
    stop_part thin TERM 30
    stop_part simulator TERM 10
    stop_part mosquitto TERM 30
    stop_part postgres INT 60
    rm -f "$RUN/settings"
}

stack_alive() { # prints the names of the parts that are alive
    local part
    for part in "${PARTS[@]}"; do ! is_alive "$part" || echo "$part"; done
}

stack_print_addresses() {
    cat <<END

  ${BOLD}Millwright is running${PLAIN}
  API        $THIN_URL/docs  (health: $THIN_URL/health)
  WebSocket  ${THIN_URL/#http/ws}/api/v1/notifications/ws/notifications
  Metrics    $METRICS_URL
  MQTT       $MQTT_URL  (with user and password: make env)
  Database   make psql     (addresses for programs: make env)
  Log-in     $STATE/credentials
  Logs       $LOGS

END
}

# exclusive: one start or stop at a time
stack_lock() {
    mkdir -p "$RUN"
    exec 9>"$RUN/lock"
    flock -n 9 || die "another make run, up or down is at work on $STATE"
}
