# shellcheck shell=bash
# The operator's page in a real Chromium, against a real thin with a real database and broker (Tests/web).

# web_ready: whether a browser and what drives it can be had; says what cannot
web_ready() {
    if ! (need_packages "${PACKAGES_WEB[@]}") || ! have chromium; then
        say "    no Chromium: these Debian packages cannot be had: ${PACKAGES_WEB[*]}"
        return 1
    fi
    if ! (python_tools web "$ROOT/scripts/requirements-web.txt"); then
        say "    what drives it cannot be had: scripts/requirements-web.txt"
        return 1
    fi
    python_tools web "$ROOT/scripts/requirements-web.txt"
}

# web_prepare URL: nothing slows log-ins down; an account of each role
web_prepare() {
    sql -o /dev/null -d "$1" <<SQL
SET client_min_messages = warning;
UPDATE ops.setting SET value = '4' WHERE name = 'auth.bcrypt_cost';
UPDATE api.route SET rate_limit_per_minute = NULL, rate_limit_scope = NULL;
SELECT auth.bootstrap_admin('admin@example.com', 'page-password');
SELECT auth.create_account(r || '1', r || '@example.com', 'page-password', r, r) FROM unnest('{engineer,operator,viewer}'::text[]) AS r;
SQL
}

# web_run RESULTS: TAP on standard output, screenshots in the folder
web_run() {
    mkdir -p "$1"
    interruptible env PYTHONDONTWRITEBYTECODE=1 THIN_URL="$THIN_URL" MQTT_URL="$MQTT_URL" WEB_PASSWORD=page-password WEB_RESULTS="$1" \
        "$VENV/bin/python" "$ROOT/Tests/web/run.py"
}
