CREATE VIEW report.remaining_life AS
SELECT p.time, p.equipment_id, p.power, p.model_version,
       CASE WHEN m.extra ? 'unit' THEN (v.value + u.shift) * u.multiplier / u.divisor / h.multiplier
            ELSE v.value END AS rul_hours,
       NULL::float8 AS rul_low_hours, NULL::float8 AS rul_high_hours, NULL::float8 AS confidence, p.source,
       text 'bundle' AS method, jsonb '{}' AS basis, p.received_at
FROM ml.serve_ml_predictions AS p
-- what is beyond what can be computed with is no estimate (docs/adr/0010)
CROSS JOIN LATERAL (SELECT ops.carried(p.value) AS value) AS v
LEFT JOIN ml.serve_ml_models AS m
    ON m.equipment_id = p.equipment_id AND m.power = p.power AND m.model_version = p.model_version
-- no function that converts: who reads this view must not need the right to call it
LEFT JOIN plant.unit AS u ON u.code = m.extra ->> 'unit' AND u.quantity = 'time'
CROSS JOIN (SELECT x.multiplier / x.divisor AS multiplier FROM plant.unit AS x WHERE x.code = 'h') AS h
WHERE p.value IS NOT NULL AND p.stage <> 'challenger'
UNION ALL
SELECT r.time, r.equipment_id, r.power, r.model_version, r.rul_hours, r.lower_hours, r.upper_hours, r.confidence, NULL,
       r.method, r.basis, r.received_at
FROM ml.rul_predictions AS r;
COMMENT ON VIEW report.remaining_life IS
    'Estimates of the remaining useful life in hours, with their 80 % interval and confidence (NULL: the method states '
    'none), of all methods (ml.rul_method): what a bundle''s regressor gives, in hours where its metadata names no '
    'unit (a code of plant.unit), and ml.rul_predictions. Filter by time and equipment_id. The one that governs a '
    'machine: report.current_life.';
COMMENT ON COLUMN report.remaining_life.source IS
    'How a bundle''s features came: mqtt, http or waveform; NULL: no bundle.';
GRANT SELECT ON report.remaining_life TO viewer;

CREATE VIEW report.current_life AS
SELECT e.id AS equipment_id, c.time, c.method, c.power, c.model_version, c.rul_hours, c.rul_low_hours, c.rul_high_hours,
       c.confidence, c.basis, c.received_at, c.health_status
FROM plant.equipment AS e
CROSS JOIN (
    SELECT now() - ops.setting_interval('report.rul_age') AS since,
           extract(epoch FROM ops.setting_interval('ml.rul_warning'))::float8 / 3600 AS warning,
           extract(epoch FROM ops.setting_interval('ml.rul_critical'))::float8 / 3600 AS critical
) AS w
CROSS JOIN LATERAL (
    SELECT l.*,
           CASE WHEN l.rul_hours < w.critical THEN 'critical' WHEN l.rul_hours < w.warning THEN 'warning'
                ELSE 'good' END
               AS health_status
    FROM ml.rul_method AS m
    LEFT JOIN ml.rul_governor AS g ON g.equipment_id = e.id
    -- one step into an index for each method, however many estimates there are
    CROSS JOIN LATERAL (
        SELECT x.* FROM report.remaining_life AS x
        WHERE x.equipment_id = e.id AND x.method = m.method AND x.time > w.since AND x.rul_hours IS NOT NULL
          -- what its method has taken back governs nothing
          AND NOT EXISTS (SELECT FROM ml.rul_withdrawal AS d WHERE d.equipment_id = e.id AND d.method = m.method
                          AND d.withdrawn_to >= x.time)
        ORDER BY x.time DESC, x.power, x.model_version
        LIMIT 1
    ) AS l
    ORDER BY (g.method = m.method) IS TRUE DESC, m.place, m.method
    LIMIT 1
) AS c;
COMMENT ON VIEW report.current_life IS
    'The estimate of remaining life that governs each machine: the last of the method that its row of ml.rul_governor '
    'names, else of the method with the least place (ml.rul_method), of those that said something within the setting '
    'report.rul_age and have not taken it back (ml.rul_withdrawal). Machines without any have no row. health_status: '
    'good, warning or critical by the settings ml.rul_warning and ml.rul_critical.';
GRANT SELECT ON report.current_life TO viewer;

CREATE VIEW public.rul_predictions AS
SELECT hashtextextended(concat_ws(E'\n', l.equipment_id, l.method, l.power, l.model_version,
                                  extract(epoch FROM l.time)), 0)
           & 9007199254740991 AS id,
       l.equipment_id AS device_id, l.time AS prediction_time, l.rul_hours AS rul_value, l.confidence,
       (l.rul_high_hours - l.rul_low_hours) / 2 AS uncertainty, l.received_at AS created_at,
       l.rul_low_hours AS lower, l.rul_high_hours AS upper, l.method, l.power, l.model_version, l.basis
FROM report.remaining_life AS l
WHERE l.rul_hours IS NOT NULL;
COMMENT ON VIEW public.rul_predictions IS
    'report.remaining_life under the name and with the columns that the field knows: hours; uncertainty is half the '
    'width of the 80 % interval. Filter by device_id and prediction_time.';
COMMENT ON COLUMN public.rul_predictions.id IS
    'Made from what identifies the estimate; below 2^53, so that every client can hold it.';
GRANT SELECT ON public.rul_predictions TO viewer;
