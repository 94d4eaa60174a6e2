# shellcheck shell=bash
# Building with the Swift package manager. `make run` builds release only, the tests debug only.

need_swift() {
    need_command swift "install Swift 6.3 for Debian 12 from swift.org and put its usr/bin on the PATH"
    local version
    version=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9]*\.[0-9]*\).*/\1/p' | head -n 1)
    awk -v v="$version" 'BEGIN { exit !(v + 0 >= 6.2) }' || die "Swift 6.2 or newer is needed, this is ${version:-unknown}"
}

# build_release: prints the folder of the binaries in BINARIES; SwiftPM prints its own progress
build_release() {
    BINARIES=$ROOT/.build/release
    export BINARIES
    # Asking SwiftPM whether there is anything to do takes seconds: a look at the dates answers the same.
    if [ -x "$BINARIES/thin" ] && [ -x "$BINARIES/simulator" ] &&
        [ -z "$(find "$ROOT/Sources" "$ROOT/Package.swift" -newer "$STATE/.built" -print -quit 2>&1)" ]; then
        return 0
    fi
    need_swift
    step "Building (release; the first time takes about 7 minutes on two cores)"
    local began marker=$STATE/.built.new
    began=$(now_ms)
    mkdir -p "$STATE"
    touch "$marker"
    interruptible swift build --package-path "$ROOT" -c release --product thin
    interruptible swift build --package-path "$ROOT" -c release --product simulator
    mv "$marker" "$STATE/.built"
    say "    ${DIM}took $(seconds_since "$began")${PLAIN}"
}
