# shellcheck shell=bash
# The live line of `make run`: rates between two looks at /metrics.

# metrics_sums: prints "messages points alarms lag outbox" from thin's metrics; labels are summed, the lag is the largest
metrics_sums() {
    curl -s -m 2 "$METRICS_URL" 2>/dev/null | awk '
        /^#/ { next }
        { name = $1; sub(/[{].*/, "", name); value = $NF + 0 }
        name == "thin_mqtt_messages_total" { messages += value; seen = 1 }
        name == "thin_points_stored_total" { points += value }
        name == "thin_alarm_transitions_total" { alarms += value }
        name == "thin_ingest_lag_seconds" && value > lag { lag = value }
        END { if (!seen) exit 1; printf "%.0f %.0f %.0f %.3f\n", messages, points, alarms, lag }'
}

# health_word: ok, degraded or down, out of an answer of /health on standard input; nothing where there is none
health_word() { sed -n 's/^{"status":"\([a-z]*\)".*/\1/p'; }

LINE_LAST='' LINE_PRINTED=0
status_line() {
    local now sums text health
    now=$(now_ms)
    if ! sums=$(metrics_sums); then
        text="waiting for metrics of thin …"
    else
        text=$(awk -v now="$now" -v cur="$sums" -v last="$LINE_LAST" 'BEGIN {
            split(cur, c, " "); n = split(last, l, " ")
            messages = points = "-"
            if (n == 5 && now > l[5]) {
                messages = sprintf("%.0f", (c[1] - l[1]) * 1000 / (now - l[5]))
                points = sprintf("%.0f", (c[2] - l[2]) * 1000 / (now - l[5]))
            }
            printf "%s messages/s  %s points/s stored  %d alarm transitions  lag %.0f ms", messages, points, c[3], c[4] * 1000 }')
        LINE_LAST="$sums $now"
        health=$(curl -s -m 2 "$THIN_URL/health" 2>/dev/null | health_word)
        [ "$health" = ok ] || text="$text  health: ${health:-no answer}"
    fi
    if [ -t 1 ]; then
        printf '\r\e[K  %s  %s' "$(date +%H:%M:%S)" "$text"
    elif [ $((now / 1000 - LINE_PRINTED)) -ge 10 ]; then
        LINE_PRINTED=$((now / 1000))
        printf '  %s  %s\n' "$(date +%H:%M:%S)" "$text"
    fi
}
