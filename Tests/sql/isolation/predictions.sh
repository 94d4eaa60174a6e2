# shellcheck shell=bash
# Two processes store predictions of the same machines at once, most of them anomalies that come and go: nobody deadlocks.
sql "INSERT INTO plant.equipment (id, name) SELECT 'iso-' || i, 'x' FROM generate_series(1, 20) AS i ON CONFLICT DO NOTHING;
    SELECT ml.sync_models((SELECT jsonb_agg(jsonb_build_object('equipment_id', 'iso-' || i, 'power', '2.2kW', 'model_version', v, 'modalities', '[\"current\"]'::jsonb,
        'thresholds', '{\"current\": 1}'::jsonb, 'case', 'A', 'bundle_path', 'x', 'sha256', 'x')) FROM generate_series(1, 20) AS i, unnest('{v1,v2}'::text[]) AS v), '[]', 'isolation');" >/dev/null
batches() { # batches VERSION FIRST: 60 batches of verdicts of the machines FIRST to 20, every second one calm
    printf "SELECT stored FROM ml.record_predictions((SELECT jsonb_agg(jsonb_build_object('time', clock_timestamp(), 'equipment_id', 'iso-' || i, 'power', '2.2kW',
        'model_version', '%s', 'source', 'mqtt', 'is_anomaly', %%s, 'confidence', 0.9, 'scores', '{\"current\": 2}'::jsonb, 'thresholds', '{\"current\": 1}'::jsonb,
        'ratio', '{\"current\": 2}'::jsonb) ORDER BY i) FROM generate_series(%s, 20) AS i));\n" "$1" "$2" >"$WORK/batch"
    local n
    for n in {1..60}; do
        # shellcheck disable=SC2059
        printf "$(cat "$WORK/batch")\n" "$([ $((n % 2)) = 0 ] && echo false || echo true)"
    done
}
# the second begins with a machine that the first comes to when it has already raised alarms
batches v1 1 >"$WORK/first.sql"
batches v2 5 >"$WORK/second.sql"
psql -XAtq -d "$DATABASE_URL" -f "$WORK/first.sql" >"$WORK/first.said" 2>&1 &
first=$!
psql -XAtq -d "$DATABASE_URL" -f "$WORK/second.sql" >"$WORK/second.said" 2>&1
wait "$first"
is "every batch is stored, no session was a deadlock's victim" "$(sort -u "$WORK/first.said" "$WORK/second.said" | tr '\n' ' ')" "16 20 "
is "all of both" "$(sql "SELECT count(*) FROM ml.serve_ml_predictions WHERE equipment_id LIKE 'iso-%'")" "2160"
is "an alarm stands at most once per machine" "$(sql "SELECT count(*) FROM (SELECT FROM alarm.alarm WHERE equipment_id LIKE 'iso-%' AND cleared_at IS NULL GROUP BY equipment_id HAVING count(*) > 1) AS x")" "0"
