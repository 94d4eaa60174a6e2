CREATE OR REPLACE FUNCTION alarm.explain(alarm_id bigint)
    RETURNS TABLE (alarm_id bigint, rule text, rule_version integer, rule_changed_by text, rule_changed_at timestamptz,
                   rule_reason text, definition jsonb, selected_because text, equipment_id text, sensor text, unit text,
                   condition text,
                   level text, limit_value float8, deadband float8, on_delay interval, off_delay interval,
                   raised_at timestamptz,
                   value float8, samples jsonb, transitions jsonb, basis jsonb)
    LANGUAGE sql STABLE SECURITY DEFINER ROWS 1
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT a.id, a.code, a.rule_version, v.changed_by, v.changed_at, v.reason, v.definition,
           (SELECT m.because
            FROM alarm.match(ARRAY[jsonb_populate_record(NULL::alarm.rule, v.definition)],
                             CASE WHEN a.sensor_id IS NOT NULL THEN ARRAY[a.sensor_id] END) AS m
            WHERE m.sensor_id IS NOT DISTINCT FROM a.sensor_id AND m.equipment_id = a.equipment_id LIMIT 1),
           a.equipment_id, s.name, s.unit, a.condition, f.level, f.limit_value,
           (v.definition ->> 'deadband')::float8, (v.definition ->> 'on_delay')::interval,
           (v.definition ->> 'off_delay')::interval,
           a.raised_at, f.value,
           (SELECT coalesce(jsonb_agg(jsonb_build_object('time', alarm.iso_time(p.time), 'value', p.value)
                                      ORDER BY p.time), '[]')
            FROM (
                SELECT * FROM (
                    SELECT r.time, r.value FROM telemetry.reading AS r
                    WHERE r.sensor_id = a.sensor_id AND r.quality < 2 AND NOT r.is_historical
                      AND r.time <= a.raised_at
                      AND r.time >= a.raised_at - coalesce((v.definition ->> 'on_delay')::interval,
                                                           '0') - INTERVAL '1 hour'
                    ORDER BY r.time DESC LIMIT 50) AS b
                UNION ALL
                SELECT * FROM (
                    SELECT r.time, r.value FROM telemetry.reading AS r
                    WHERE r.sensor_id = a.sensor_id AND r.quality < 2 AND NOT r.is_historical
                      AND r.time > a.raised_at AND r.time < a.raised_at + INTERVAL '1 hour'
                    ORDER BY r.time LIMIT 10) AS b
            ) AS p),
           (SELECT coalesce(jsonb_agg(jsonb_build_object('kind', t.kind, 'time', alarm.iso_time(t.occurred_at), 'actor',
                                                         t.actor,
                       'comment', t.comment, 'severity', t.severity, 'level', t.level, 'value', t.value,
                       'limit', t.limit_value)
                       || jsonb_strip_nulls(jsonb_build_object('bundle_kind', g.bundle_kind, 'power', g.power))
                           ORDER BY t.id), '[]')
            FROM alarm.transition AS t WHERE t.alarm_id = a.id),
           CASE a.condition
               WHEN 'multivariate' THEN alarm.multivariate_basis(a.equipment_id, a.raised_at)
               WHEN 'baseline' THEN alarm.baseline_cell(a.sensor_id, v.definition -> 'parameters', a.raised_at)
               -- which bundle spoke, how sure it was, and what its severity was held down to and why
               WHEN 'model_verdict' THEN jsonb_strip_nulls(jsonb_build_object('bundle_kind', g.bundle_kind, 'power',
                    g.power)) || a.data
               WHEN 'rul_below' THEN jsonb_strip_nulls(jsonb_build_object('bundle_kind', g.bundle_kind, 'power',
                                                                          g.power)) || a.data
               ELSE g.basis END
    FROM alarm.alarm AS a
    LEFT JOIN alarm.signal AS g ON g.id = a.signal_id
    LEFT JOIN alarm.rule_version AS v ON v.rule_id = a.rule_id AND v.version = a.rule_version
    LEFT JOIN plant.sensor AS s ON s.id = a.sensor_id
    LEFT JOIN LATERAL (
        SELECT t.level, t.limit_value, t.value FROM alarm.transition AS t WHERE t.alarm_id = a.id AND t.kind = 'raised'
        ORDER BY t.id LIMIT 1
    ) AS f ON true
    -- by position: the parameter has the name of an output column
    WHERE a.id = $1
$$;
COMMENT ON FUNCTION alarm.explain(bigint) IS
    'Why an alarm was raised, in one row: the rule''s version with who made it and why, how the rule came to watch '
    'this sensor, the limit, the value at the raise, up to 50 samples before and 10 after it, all transitions, and '
    'what limits that are not in the rule rest on (baseline of that hour and state, vibration zone), as it is known '
    'now; of a model verdict the bundle (bundle_kind, power, model_version), its confidence and scores, and '
    'severity_cap where the setting ml.unscaled_severity held its severity down; of condition multivariate what each '
    'signal had a part in it.';
REVOKE ALL ON FUNCTION alarm.explain(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION alarm.explain(bigint) TO viewer;
