CREATE VIEW ml.rul_estimate AS
SELECT p.time, p.equipment_id, p.power, p.model_version,
       CASE WHEN m.extra ? 'unit' THEN (v.value + u.shift) * u.multiplier / u.divisor / h.multiplier
            ELSE v.value END AS rul_hours,
       NULL::float8 AS raw_low_hours, NULL::float8 AS raw_high_hours, NULL::float8 AS confidence, p.source,
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
SELECT r.time, r.equipment_id, r.power, r.model_version, r.rul_hours, r.lower_hours, r.upper_hours, r.confidence,
       NULL, r.method, r.basis, r.received_at
FROM ml.rul_predictions AS r;
COMMENT ON VIEW ml.rul_estimate IS
    'Estimates of the remaining useful life, in hours, of all methods, with the interval as the method stated it. What '
    'is '
    'told is report.remaining_life; this is for who asks for one of many first, and for its interval then.';
