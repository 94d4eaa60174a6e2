# A refresh of a continuous aggregate beside transactions that write: no change may be lost. Both editions, save where said.
# shellcheck shell=bash

agree="SELECT count(*) FROM (SELECT time_bucket('1 minute', time) AS bucket, sensor_id, count(*), min(value), max(value) FROM telemetry.reading GROUP BY 1, 2) AS p
    FULL JOIN rollup.reading_1m AS v USING (bucket, sensor_id)
    WHERE (p.count, p.min, p.max) IS DISTINCT FROM (v.count, v.min, v.max)"
agree_hours="SELECT count(*) FROM (SELECT time_bucket('1 hour', time) AS bucket, sensor_id, count(*), min(value), max(value) FROM telemetry.reading GROUP BY 1, 2) AS p
    FULL JOIN rollup.reading_1h AS v USING (bucket, sensor_id)
    WHERE (p.count, p.min, p.max) IS DISTINCT FROM (v.count, v.min, v.max)"
edition=$(sql "SELECT ops.edition()")
minutes="CALL refresh_continuous_aggregate('rollup.reading_1m', NULL, '2026-05-01 12:00+00'::timestamptz)"

sql "SELECT remove_continuous_aggregate_policy('rollup.reading_1m', if_exists => true), remove_continuous_aggregate_policy('rollup.reading_1h', if_exists => true)" >/dev/null
sql "INSERT INTO telemetry.reading (time, value, sensor_id) SELECT '2026-05-01 10:00+00'::timestamptz + i * INTERVAL '1 minute', i, 1 FROM generate_series(0, 59) AS i"

# 1. A writer that read the old threshold and has not committed when the refresh begins.
open writer
open refresher
step writer "BEGIN; INSERT INTO telemetry.reading (time, value, sensor_id) VALUES ('2026-05-01 10:30:30+00', 1000, 1);"
send refresher "$minutes;"
if [ "$edition" = apache ]; then
    holds "the refresh waits for a writer in flight" waits refresher
else
    skip "Community reads the threshold when the writer commits, so its refresh need not wait"
fi
step writer "COMMIT;"
holds "it goes on when the writer commits" ended refresher
sql "$minutes" >/dev/null
is "the writer's row is in the aggregate" "$(sql "$agree")" 0

# 2. A writer in between: after the threshold moved, not committed when the buckets are computed.
if [ "$edition" = apache ]; then
    sql "INSERT INTO telemetry.reading (time, value, sensor_id) SELECT '2026-05-01 12:00+00'::timestamptz + i * INTERVAL '1 minute', i, 1 FROM generate_series(0, 59) AS i"
    sql "SELECT compat.advance_threshold(compat.find_continuous_aggregate('rollup.reading_1m'), '2026-05-01 13:00+00')" >/dev/null
    step writer "BEGIN; INSERT INTO telemetry.reading (time, value, sensor_id) VALUES ('2026-05-01 12:30:30+00', 1000, 1);"
    sql "SELECT compat.materialize(compat.find_continuous_aggregate('rollup.reading_1m'), '-infinity', 'infinity')" >/dev/null
    step writer "COMMIT;"
    is "a writer that overlaps the computation is missing at first" "$(sql "$agree")" 1
    sql "SELECT compat.materialize(compat.find_continuous_aggregate('rollup.reading_1m'), '-infinity', 'infinity')" >/dev/null
    is "and was noted, so the next refresh takes it in" "$(sql "$agree")" 0

    # 3. While rows arrive above the threshold, nothing is noted.
    sql "INSERT INTO telemetry.reading (time, value, sensor_id) SELECT '2026-05-01 13:00+00'::timestamptz + i * INTERVAL '1 second', i, 1 FROM generate_series(0, 300) AS i"
    is "rows above the threshold write no note" \
        "$(sql "SELECT count(*) FROM compat.invalidation WHERE period && tstzrange('2026-05-01 13:00+00', '2026-05-01 13:05+00') AND NOT upper_inf(period)")" 0
else
    skip "the steps of a refresh cannot be called one by one on Community"
fi

# 4. A snapshot older than the threshold: the writer cannot see that it moved.
step writer "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM telemetry.reading;"
sql "INSERT INTO telemetry.reading (time, value, sensor_id) SELECT '2026-05-01 14:00+00'::timestamptz + i * INTERVAL '1 minute', i, 1 FROM generate_series(0, 59) AS i"
sql "CALL refresh_continuous_aggregate('rollup.reading_1m', NULL, '2026-05-01 15:00+00'::timestamptz)" >/dev/null
step writer "INSERT INTO telemetry.reading (time, value, sensor_id) VALUES ('2026-05-01 14:30:30+00', 1000, 1); COMMIT;"
sql "CALL refresh_continuous_aggregate('rollup.reading_1m', NULL, '2026-05-01 15:00+00'::timestamptz)" >/dev/null
is "a REPEATABLE READ writer's row is in the aggregate" "$(sql "$agree")" 0

# 5. A reader with an old snapshot plans after the refresh: it must not miss what its snapshot does not hold as finished.
step writer "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) AS before FROM telemetry.reading \\gset"
sql "INSERT INTO telemetry.reading (time, value, sensor_id) SELECT '2026-05-01 15:00+00'::timestamptz + i * INTERVAL '1 minute', i, 1 FROM generate_series(0, 59) AS i"
sql "CALL refresh_continuous_aggregate('rollup.reading_1m', NULL, '2026-05-01 16:00+00'::timestamptz)" >/dev/null
step writer "SELECT 'same ' || (sum(count) = :before) FROM rollup.reading_1m; COMMIT;"
is "a reader with an old snapshot sees what its snapshot holds" "$(output writer | grep '^same')" "same true"

# 6. Two refreshes of the same aggregate at once.
sql "UPDATE telemetry.reading SET value = value + 1"
send writer "CALL refresh_continuous_aggregate('rollup.reading_1m', NULL, '2026-05-01 16:00+00'::timestamptz);"
send refresher "CALL refresh_continuous_aggregate('rollup.reading_1m', NULL, '2026-05-01 16:00+00'::timestamptz);"
ended writer && ended refresher
sql "CALL refresh_continuous_aggregate('rollup.reading_1m', NULL, '2026-05-01 16:00+00'::timestamptz)" >/dev/null
is "two refreshes at once agree" "$(sql "$agree")" 0

# 7. Everything at once for some seconds: writers, late writers, deletions, rollbacks, both refreshes.
work() { # work SECONDS STATEMENT: again and again
    local until=$((SECONDS + $1))
    while [ "$SECONDS" -lt "$until" ]; do psql -XAtq -d "$DATABASE_URL" -c "$2" >/dev/null 2>&1; done
}
now="('2026-05-02 00:00+00'::timestamptz + (clock_timestamp() - '$(sql "SELECT clock_timestamp()")'::timestamptz) * 600)"
background=()
for sensor in 1 2 3; do
    work 6 "INSERT INTO telemetry.reading (time, value, sensor_id) SELECT $now + i * INTERVAL '1 millisecond', random(), $sensor FROM generate_series(1, 300) AS i ON CONFLICT DO NOTHING" &
    background+=($!)
done
work 6 "INSERT INTO telemetry.reading (time, value, sensor_id) SELECT $now - random() * INTERVAL '40 minutes', random(), 4 FROM generate_series(1, 50) ON CONFLICT DO NOTHING" &
background+=($!)
work 6 "DELETE FROM telemetry.reading WHERE sensor_id = 2 AND time BETWEEN $now - INTERVAL '5 minutes' AND $now - INTERVAL '4 minutes'" &
background+=($!)
work 6 "BEGIN; INSERT INTO telemetry.reading (time, value, sensor_id) SELECT $now - INTERVAL '1 hour' + i * INTERVAL '1 second', 1, 5 FROM generate_series(1, 60) AS i ON CONFLICT DO NOTHING; SELECT pg_sleep(0.05); ROLLBACK" &
background+=($!)
refreshes() {
    local until=$((SECONDS + $1))
    while [ "$SECONDS" -lt "$until" ]; do
        printf "SET search_path = compat, public;\nSELECT format('CALL refresh_continuous_aggregate(%%L, NULL, %%L::timestamptz)', '%s', %s - INTERVAL '%s') \\\\gexec\n" "$2" "$now" "$3" |
            psql -XAtq -d "$DATABASE_URL" >>"$WORK/refreshes" 2>&1
    done
}
refreshes 6 rollup.reading_1m "2 minutes" &
background+=($!)
refreshes 6 rollup.reading_1h "20 minutes" &
background+=($!)
wait "${background[@]}"
sql "CALL refresh_continuous_aggregate('rollup.reading_1m', NULL, NULL)" >/dev/null
sql "CALL refresh_continuous_aggregate('rollup.reading_1h', NULL, NULL)" >/dev/null
is "minutes agree after all of it at once" "$(sql "$agree")" 0
is "hours agree after all of it at once" "$(sql "$agree_hours")" 0
is "no refresh failed" "$(grep -c ERROR "$WORK/refreshes")" 0
holds "and it was work" [ "$(sql "SELECT count(*) FROM telemetry.reading")" -gt 2000 ]
