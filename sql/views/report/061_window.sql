CREATE VIEW report.model_window AS
SELECT m.id AS model_id, m.equipment_id, m.power, m.model_version,
       CASE WHEN v.serving_version = m.model_version THEN 'champion'
            WHEN v.challenger = m.model_version AND v.challenger_status = 'ready' THEN 'challenger' END AS stage,
       s.bucket, s.cycle_sensor, s.steps, s.stride, g.signals, s.problem, t.done_to, t.next_due,
       CASE WHEN t.done_to IS NOT NULL AND s.bucket IS NOT NULL THEN greatest(floor(
           extract(epoch FROM now() - t.done_to) / extract(epoch FROM s.bucket * s.stride))::bigint,
           0) END AS windows_behind,
       t.last_outcome, t.last_detail, t.decided_at, coalesce(o.scored, 0) AS scored,
       coalesce(o.incomplete, 0) AS incomplete,
       coalesce(o.refused, 0) AS refused, coalesce(o.skipped, 0) AS skipped, coalesce(o.filled, 0) AS filled
FROM ml.window_spec AS s
JOIN ml.serve_ml_models AS m ON m.id = s.model_id
LEFT JOIN ml.serving AS v ON v.equipment_id = m.equipment_id AND v.power = m.power
LEFT JOIN ml.window_state AS t ON t.model_id = s.model_id
LEFT JOIN LATERAL (
    SELECT string_agg(format('%s = %s(%s)', w.feature, w.statistic, coalesce(w.sensor, 'type ' || w.sensor_type)), ', '
                      ORDER BY w.place) AS signals
    FROM ml.window_signal AS w WHERE w.model_id = s.model_id
) AS g ON true
LEFT JOIN LATERAL (
    SELECT sum(d.windows) FILTER (WHERE d.outcome = 'scored') AS scored,
           sum(d.windows) FILTER (WHERE d.outcome = 'incomplete') AS incomplete,
           sum(d.windows) FILTER (WHERE d.outcome = 'refused') AS refused,
           sum(d.windows) FILTER (WHERE d.outcome = 'skipped') AS skipped, sum(d.filled) AS filled
    FROM ml.window_outcome AS d
    -- today and yesterday, in UTC
    WHERE d.model_id = s.model_id AND d.day >= (now() AT TIME ZONE 'UTC')::date - 1
) AS o ON true;
COMMENT ON VIEW report.model_window IS
    'Bundles that are scored over windows of stored data (docs/rul-windows.md): what they look at, how far they are, '
    'and '
    'what became of the windows of today and yesterday. problem: why there are none.';
COMMENT ON COLUMN report.model_window.stage IS
    'champion or challenger; NULL: it does not answer, so no windows are built.';
COMMENT ON COLUMN report.model_window.windows_behind IS 'Windows that have ended since the last one that was decided.';
GRANT SELECT ON report.model_window TO viewer;
