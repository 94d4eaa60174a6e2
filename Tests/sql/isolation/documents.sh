# shellcheck shell=bash
# The guides for DBAs: every statement in them runs as it says. Each has a script *_docs that names it.
guide() { # guide SCRIPT: what of it failed
    local said
    said=$("$1" 2>&1) || true
    grep -q '^ok' <<<"$said" || echo "nothing ran: $(tail -n 3 <<<"$said" | tr '\n' ' ')"
    grep -A 6 '^not ok' <<<"$said" | tr '\n' ' '
}
for script in "$HERE"/../*_docs; do
    is "$(basename "$script")" "$(guide "$script")" ""
done
