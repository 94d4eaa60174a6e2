CREATE VIEW report.remaining_life AS
SELECT l.time, l.equipment_id, l.power, l.model_version, l.rul_hours,
       ml.conformal_low(l.rul_hours, l.raw_low_hours, k.shift) AS rul_low_hours,
       ml.conformal_high(l.rul_hours, l.raw_high_hours, k.shift) AS rul_high_hours,
       l.confidence, l.source, l.method, l.basis, l.received_at, l.raw_low_hours, l.raw_high_hours,
       k.shift AS correction
FROM ml.rul_estimate AS l
CROSS JOIN LATERAL (
    -- one look into an index, and none for who does not ask for the interval
    SELECT (SELECT c.shift FROM ml.rul_correction AS c
            WHERE c.method = l.method
              AND c.equipment_type = (SELECT e.type FROM plant.equipment AS e WHERE e.id = l.equipment_id)
              AND c.valid_from <= l.received_at
            ORDER BY c.valid_from DESC LIMIT 1) AS shift
    OFFSET 0
) AS k;
COMMENT ON VIEW report.remaining_life IS
    'Estimates of the remaining useful life in hours, with their 80 % interval and confidence (NULL: the method states '
    'none), of all methods (ml.rul_method): what a bundle''s regressor gives, in hours where its metadata names no '
    'unit (a code of plant.unit), and ml.rul_predictions. The interval is the one that is told: corrected by what was '
    'known of the method when the estimate came (ml.rul_correction); raw_low_hours and raw_high_hours are as the '
    'method stated it. Filter by time and equipment_id. The one that governs a machine: report.current_life.';
COMMENT ON COLUMN report.remaining_life.correction IS
    'ml.rul_correction.shift that it was told with; NULL: none, the interval is the method''s own.';
COMMENT ON COLUMN report.remaining_life.source IS
    'How a bundle''s features came: mqtt, http or waveform; NULL: no bundle.';
GRANT SELECT ON report.remaining_life TO viewer;

CREATE VIEW report.current_life AS
SELECT e.id AS equipment_id, c.time, c.method, c.power, c.model_version, c.rul_hours,
       ml.conformal_low(c.rul_hours, c.raw_low_hours, k.shift) AS rul_low_hours,
       ml.conformal_high(c.rul_hours, c.raw_high_hours, k.shift) AS rul_high_hours,
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
        SELECT x.* FROM ml.rul_estimate AS x
        WHERE x.equipment_id = e.id AND x.method = m.method AND x.time > w.since AND x.rul_hours IS NOT NULL
          -- what its method has taken back governs nothing
          AND NOT EXISTS (SELECT FROM ml.rul_withdrawal AS d WHERE d.equipment_id = e.id AND d.method = m.method
                          AND d.withdrawn_to >= x.time)
        ORDER BY x.time DESC, x.power, x.model_version
        LIMIT 1
    ) AS l
    ORDER BY (g.method = m.method) IS TRUE DESC, m.place, m.method
    LIMIT 1
) AS c
-- as report.remaining_life does, of the one that was found
CROSS JOIN LATERAL (
    SELECT (SELECT r.shift FROM ml.rul_correction AS r
            WHERE r.method = c.method AND r.equipment_type = e.type AND r.valid_from <= c.received_at
            ORDER BY r.valid_from DESC LIMIT 1) AS shift
    OFFSET 0
) AS k;
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
