# shellcheck shell=bash
# Schemathesis against a real thin with a real database: generated requests by the OpenAPI document, as each role.
# Which of its checks are off, and why, stands in docs/development.md.

# Fixed, so that a failure comes again; SCHEMATHESIS_SEED and SCHEMATHESIS_EXAMPLES search further.
SCHEMATHESIS_SEED=${SCHEMATHESIS_SEED:-20261128}
SCHEMATHESIS_EXAMPLES=${SCHEMATHESIS_EXAMPLES:-5}
# shellcheck disable=SC2034 # scripts/test
SCHEMATHESIS_ROLES=(admin engineer operator viewer anonymous)
SCHEMATHESIS_OFF=positive_data_acceptance

schemathesis_venv() {
    python_tools schemathesis "$ROOT/scripts/requirements-schemathesis.txt"
    SCHEMATHESIS=$VENV/bin/schemathesis
}

# schemathesis_start DATABASE LOGIN: a thin of its own on that database, as that role; sets THIN_URL
schemathesis_start() {
    schemathesis_prepare "$(with_database "$ADMIN_URL" "$1")" >"$PRIVATE/run/keys"
    role_thin "$1" "$2"
    curl -fsS -o "$PRIVATE/run/openapi.json" "$THIN_URL/openapi.json"
}

# schemathesis_prepare URL: nothing slows the requests down; a machine to ask for; accounts that no small number names, each
# with an API key; prints lines of role and key
schemathesis_prepare() {
    sql -At -F ' ' -d "$1" <<'SQL'
SET client_min_messages = warning;
UPDATE ops.setting SET value = '4' WHERE name = 'auth.bcrypt_cost';
UPDATE ops.setting SET value = '"100 milliseconds"' WHERE name = 'ml.training_wait';
UPDATE api.route SET rate_limit_per_minute = NULL, rate_limit_scope = NULL;
INSERT INTO plant.equipment (id, name) VALUES ('press-1', 'Press 1');
ALTER TABLE auth.account ALTER COLUMN id RESTART WITH 1000001;
SELECT auth.bootstrap_admin('admin@example.com', 'schemathesis-password') \g /dev/null
SELECT auth.create_account(r || '1', r || '@example.com', 'schemathesis-password', r, r)
FROM unnest('{engineer,operator,viewer}'::text[]) AS r \g /dev/null
ALTER TABLE auth.account ALTER COLUMN id RESTART WITH 1;
WITH made AS MATERIALIZED (SELECT a.id, a.role, auth.random_secret('mwk_') AS secret FROM auth.account AS a), kept AS (
    INSERT INTO auth.api_key (account_id, name, key_hash, prefix, role)
    SELECT m.id, 'schemathesis', auth.hash_secret(m.secret), left(m.secret, 12), m.role FROM made AS m
)
SELECT m.role, m.secret FROM made AS m;
SQL
}

# schemathesis_run ROLE: every request that the document's coverage asks for as administrator, who may do everything; the
# others, who differ in what they may, with a few of each
schemathesis_run() {
    local key arguments=(--phases "examples,fuzzing" --max-examples 3)
    [ "$1" != admin ] || arguments=(--phases "examples,coverage,fuzzing" --max-examples "$SCHEMATHESIS_EXAMPLES")
    key=$(awk -v role="$1" '$1 == role { print $2 }' "$PRIVATE/run/keys")
    [ -z "$key" ] || arguments+=(-H "X-API-Key: $key")
    # it writes a cache where it stands; one worker, because ast.parse of Python 3.11 fails now and then in two threads
    interruptible env -C "$PRIVATE/data" "$SCHEMATHESIS" --config-file "$ROOT/scripts/schemathesis.toml" \
        run "$THIN_URL/openapi.json" "${arguments[@]}" --no-color --seed "$SCHEMATHESIS_SEED" \
        --generation-database none --no-shrink --exclude-checks "$SCHEMATHESIS_OFF" --workers 1 --continue-on-failure \
        --request-timeout 20 --warnings off --exclude-path /api/v1/notifications/ws/notifications
}
