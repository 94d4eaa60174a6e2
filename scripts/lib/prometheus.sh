# shellcheck shell=bash
# Debian's Prometheus and promtool, unpacked into the state folder: nothing is installed and no service is started.

# prometheus_fetch: sets PROMETHEUS to the folder with both programs; fails where they cannot be had, which is no reason to stop
prometheus_fetch() {
    local work=$STATE/prometheus.new
    if have prometheus && have promtool; then
        PROMETHEUS=$(dirname "$(command -v promtool)")
        return 0
    fi
    PROMETHEUS=$STATE/prometheus/usr/bin
    [ ! -x "$PROMETHEUS/promtool" ] || return 0
    rm -rf "$work"
    mkdir -p "$work" "$LOGS"
    if (cd "$work" && { apt-get -q download prometheus || { apt-get -q update && apt-get -q download prometheus; }; } && dpkg-deb -x prometheus_*.deb .) >"$LOGS/prometheus-fetch.log" 2>&1; then
        rm -rf "$STATE/prometheus" "$work"/*.deb
        mv "$work" "$STATE/prometheus"
        chmod -R a+rX "$STATE/prometheus"
    else
        rm -rf "$work"
        return 1
    fi
}

# prometheus_files: config, rules and their tests, as promtool reads them
prometheus_files() {
    local folder=$ROOT/deploy/prometheus file
    "$PROMETHEUS/promtool" check config "$folder/prometheus.yml"
    for file in "$folder"/*_test.yml; do "$PROMETHEUS/promtool" test rules "$file"; done
}
