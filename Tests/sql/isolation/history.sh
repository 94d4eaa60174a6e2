# The lane for history beside live points, redeliveries, bulk loads and its own sudden end.
# shellcheck shell=bash

sql "UPDATE ops.job SET enabled = false" >/dev/null
sql "SELECT ops.set_setting('ingest.bulk_bytes', '100000000')" >/dev/null # points wait here, not messages
accept() { # accept SENSOR TIME: one point
    echo "SELECT a.stored || ' ' || a.duplicates FROM ingest.accept(ARRAY['factory/lane/$1'], ARRAY[json_build_object('time', $2, 'value', 1)::text], NULL, ARRAY[clock_timestamp()]) AS a"
}
old="now() - INTERVAL '10 years'"
sql "$(accept live 'clock_timestamp()')" >/dev/null
sql "SELECT ingest.accept(ARRAY['factory/lane/old'], ARRAY[(SELECT json_agg(json_build_object('time', '2010-01-01'::timestamptz + d * INTERVAL '1 day', 'value', d)) FROM generate_series(1, 3000) AS d)::text], NULL, ARRAY[now()])" >/dev/null

# 1. A run of the lane that has made chunks and has not committed.
open lane
step lane "BEGIN; SELECT ingest.backfill();"
is "a live point does not wait for it" "$(sql "SET lock_timeout = '1s'; $(accept live 'clock_timestamp()')")" "1 0"
is "nor does history that comes meanwhile" "$(sql "SET lock_timeout = '1s'; $(accept other "$old")")" "1 0"
is "a second lane finds nothing to do" "$(sql "SET lock_timeout = '1s'; SELECT ingest.backfill()")" 0
is "the others see the usual chunk interval" "$(sql "SELECT width FROM telemetry.reading_dimension()")" 86400000000
is "the points are nowhere twice" "$(sql "SELECT (SELECT count(*) FROM ingest.backlog), (SELECT count(*) FROM telemetry.reading WHERE time < now() - INTERVAL '1 day' AND sensor_id IN (SELECT id FROM plant.sensor WHERE equipment_id = 'lane'))")" "3001|0"

# 2. Its worker dies.
sql "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE state = 'idle in transaction' AND query LIKE '%backfill%' AND datname = current_database()" >/dev/null
sleep 0.3
is "nothing is lost" "$(sql "SELECT count(*) FROM ingest.backlog")" 3001
is "another run moves all" "$(sql "SELECT ingest.backfill('5 s')")" 3001
is "each once" "$(sql "SELECT count(*), count(DISTINCT (sensor_id, time)) FROM telemetry.reading WHERE time < now() - INTERVAL '1 day' AND sensor_id IN (SELECT id FROM plant.sensor WHERE equipment_id = 'lane')")" "3001|3001"

# 3. A redelivery of what is just being moved.
sql "SELECT ops.set_setting('ingest.oldest', '\"100 years\"')" >/dev/null
sql "$(accept again "'1985-06-01'::timestamptz")" >/dev/null
open lane2
step lane2 "BEGIN; SELECT ingest.backfill();"
open sender
send sender "$(accept again "'1985-06-01'::timestamptz");"
holds "a redelivery waits for the run, not longer" waits sender
step lane2 "COMMIT;"
holds "and goes on at its commit" ended sender
sql "SELECT ingest.backfill()" >/dev/null
is "the point is there once" "$(sql "SELECT count(*) FROM telemetry.reading AS r JOIN plant.sensor AS s ON s.id = r.sensor_id WHERE s.name = 'again' AND r.time < '1990-01-01'")" 1

# 4. A bulk load that takes long.
open load
step load "BEGIN; SELECT telemetry.begin_history('1950-01-01', '1960-01-01', 3000); INSERT INTO telemetry.reading (time, value, sensor_id, is_historical) SELECT '1950-01-01'::timestamptz + d * INTERVAL '1 day', d, 1, true FROM generate_series(1, 3000) AS d;"
is "live points go on beside it" "$(sql "SET lock_timeout = '1s'; $(accept live 'clock_timestamp()')")" "1 0"
is "history is accepted beside it" "$(sql "SET lock_timeout = '1s'; $(accept other "'1940-01-01'::timestamptz")")" "1 0"
is "the lane gives way" "$(sql "SET lock_timeout = '1s'; SELECT ingest.backfill()")" 0
step load "COMMIT;"
is "and goes on afterwards" "$(sql "SELECT ingest.backfill()")" 1
is "the interval is the usual one" "$(sql "SELECT width FROM telemetry.reading_dimension()")" 86400000000
