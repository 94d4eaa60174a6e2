# shellcheck shell=bash
# Two processes store predictions of the same machines at once, most of them anomalies that come and go: nobody deadlocks.
# other specs may have taken it away
sql "INSERT INTO alarm.rule (name, condition, severity) VALUES ('model-verdict', 'model_verdict', 'medium') ON CONFLICT (name) DO NOTHING" >/dev/null
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

# a bundle finds its first anomaly while somebody changes the rule: it does not wait, and its signal follows the rule after the commit
open one
anomaly() { echo "SELECT stored FROM ml.record_predictions((SELECT jsonb_agg(jsonb_build_object('time', clock_timestamp(), 'equipment_id', 'iso-$1', 'power', p,
    'model_version', 'v1', 'source', 'mqtt', 'is_anomaly', true, 'confidence', 0.9, 'scores', '{\"current\": 2}'::jsonb, 'thresholds', '{\"current\": 1}'::jsonb,
    'ratio', '{\"current\": 2}'::jsonb) ORDER BY p $2) FROM unnest('{5kW,11kW}'::text[]) AS p))"; }
sql "INSERT INTO plant.equipment (id, name) VALUES ('iso-21', 'x'), ('iso-22', 'x')" >/dev/null
step one "BEGIN; UPDATE alarm.rule SET description = 'changed' WHERE name = 'model-verdict';"
is "the first anomalies of two bundles are stored while a rule change is open" "$(sql "$(anomaly 21 ASC)")" "2"
is "each has its alarm" "$(sql "SELECT count(*) FROM alarm.alarm WHERE equipment_id = 'iso-21' AND active")" "2"
step one "COMMIT;"
sql "SELECT alarm.tick()" >/dev/null
is "their signals are of the rule's new version" "$(sql "SELECT count(*) FROM alarm.signal AS g JOIN alarm.rule AS r ON r.id = g.rule_id AND r.version = g.rule_version
    WHERE g.equipment_id = 'iso-21' AND g.assigned AND g.power IS NOT NULL")" "2"
is "the alarms are still theirs" "$(sql "SELECT string_agg(g.power, ' ' ORDER BY g.power) FROM alarm.alarm AS a JOIN alarm.signal AS g ON g.id = a.signal_id WHERE a.equipment_id = 'iso-21' AND a.active")" "11kW 5kW"
is "the sweep finds nothing" "$(sql "SELECT alarm.sweep_assignments()")" "0"
# two sessions bring the first anomalies of the same bundles at once, in different orders
step one "BEGIN; $(anomaly 22 ASC);"
open two
send two "$(anomaly 22 DESC);"
holds "the second waits for the first" waits two
step one "COMMIT;"
ended two
is "one signal a bundle" "$(sql "SELECT count(*) FROM alarm.signal WHERE equipment_id = 'iso-22' AND assigned AND power IS NOT NULL")" "2"
is "and one alarm" "$(sql "SELECT count(*) FROM alarm.alarm WHERE equipment_id = 'iso-22' AND active")" "2"
# one makes the signals while somebody changes rules; another, who may take the signal that waits, makes the same at that moment
sql "INSERT INTO plant.equipment (id, name) VALUES ('iso-23', 'x')" >/dev/null
open three
step three "BEGIN; SELECT ops.lock('alarm.assign');"
step one "BEGIN; SELECT alarm.bundle_signals('model_verdict', '{iso-23,iso-23}', '{autoencoder,autoencoder}', '{5kW,11kW}');"
step three "COMMIT;"
open four
send four "$(anomaly 23 ASC);"
holds "the other waits for the first" waits four
step one "COMMIT;"
ended four
is "and is not refused" "$(output four | grep -v '^$' | tail -n 1)" "2"
is "there is one signal a bundle" "$(sql "SELECT count(*) FROM alarm.signal WHERE equipment_id = 'iso-23' AND assigned AND power IS NOT NULL")" "2"
is "and one alarm each" "$(sql "SELECT count(*) FROM alarm.alarm WHERE equipment_id = 'iso-23' AND active")" "2"
