# shellcheck shell=bash
# The guides for DBAs: every statement in them runs as it says.
guide() { # guide SCRIPT: what of it failed
    "$HERE/../$1" 2>&1 | grep -A 6 '^not ok' | tr '\n' ' '
}
is "docs/alarms.md" "$(guide alarm_docs)" ""
is "docs/models.md" "$(guide model_docs)" ""
is "docs/training.md" "$(guide training_docs)" ""
