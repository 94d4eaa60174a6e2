# shellcheck shell=bash
# Pinned Python tools, each set in an environment of its own below $STATE/venv.

# python_tools NAME REQUIREMENTS_FILE: sets VENV; installs only when the file has changed
python_tools() {
    local stamp
    VENV=$STATE/venv/$1
    stamp=$(sha256sum <"$2")
    [ "$(cat "$VENV/.installed" 2>/dev/null)" != "$stamp" ] || return 0
    rm -rf "$VENV"
    /usr/bin/python3 -m venv "$VENV"
    "$VENV/bin/pip" --quiet --disable-pip-version-check --no-input install -r "$2"
    echo "$stamp" >"$VENV/.installed"
}
