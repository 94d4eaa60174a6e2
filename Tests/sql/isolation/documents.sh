# shellcheck shell=bash
# The guides for DBAs: every statement in them runs as it says. Each has a script *_docs that names it, and a database of its own where
# ISOLATION_ADMIN_URL and ISOLATION_TEMPLATE say what to copy; else they share that of DATABASE_URL, and may find each other's machines.
COPY=${DATABASE_URL%\?*}
COPY=${COPY##*/}_guide
# copied SCRIPT: the address of a new copy
copied() {
    psql -XAtq -d "$ISOLATION_ADMIN_URL" -c "SET client_min_messages = warning" -c "DROP DATABASE IF EXISTS \"$COPY\" WITH (FORCE)" || return 1
    # the launcher of TimescaleDB looks into a template now and then
    for _ in {1..50}; do
        if psql -XAtq -d "$ISOLATION_ADMIN_URL" -c "CREATE DATABASE \"$COPY\" TEMPLATE \"$ISOLATION_TEMPLATE\"" 2>"$WORK/copy"; then
            # shellcheck disable=SC2001
            sed "s|/[^/?]*\(?.*\)\{0,1\}$|/$COPY\1|" <<<"$DATABASE_URL"
            return 0
        fi
        sleep 0.2
    done
    cat "$WORK/copy" >&2
    return 1
}
guide() { # guide SCRIPT: what of it failed
    local said url=$DATABASE_URL
    if [ -n "${ISOLATION_TEMPLATE:-}" ]; then url=$(copied) || { echo "no copy of the template" && return; }; fi
    said=$(DATABASE_URL=$url "$1" 2>&1) || true
    grep -q '^ok' <<<"$said" || echo "nothing ran: $(tail -n 3 <<<"$said" | tr '\n' ' ')"
    grep -A 6 '^not ok' <<<"$said" | tr '\n' ' '
}
for script in "$HERE"/../*_docs; do
    is "$(basename "$script")" "$(guide "$script")" ""
done
[ -z "${ISOLATION_TEMPLATE:-}" ] || psql -XAtq -d "$ISOLATION_ADMIN_URL" -c "DROP DATABASE IF EXISTS \"$COPY\" WITH (FORCE)" 2>/dev/null
