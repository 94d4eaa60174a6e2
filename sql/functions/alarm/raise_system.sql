CREATE OR REPLACE FUNCTION alarm.raise_system(
    code text, severity text, message text, data jsonb DEFAULT '{}'
) RETURNS bigint
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    c_longest_text CONSTANT integer := 4000; -- characters
    a alarm.alarm;
    v_now timestamptz := clock_timestamp();
    v_kind text;
    -- in alarm.system_condition's own words, where it is one
    v_value float8 := CASE WHEN jsonb_typeof(raise_system.data -> 'value') = 'number'
                           THEN (raise_system.data ->> 'value')::float8 END;
    v_limit float8 := CASE WHEN jsonb_typeof(raise_system.data -> 'limit') = 'number'
                           THEN (raise_system.data ->> 'limit')::float8 END;
BEGIN
    IF NOT EXISTS (SELECT FROM alarm.severity AS s WHERE s.name = raise_system.severity) THEN
        PERFORM alarm.refuse('MW422', 'severity', format('there is no severity "%s"', raise_system.severity));
    END IF;
    LOOP
        SELECT x.* INTO a FROM alarm.alarm AS x
        WHERE x.code = raise_system.code AND x.equipment_id IS NULL AND x.signal_id IS NULL AND x.cleared_at IS NULL
        FOR UPDATE;
        IF FOUND THEN
            v_kind := CASE WHEN a.severity <> raise_system.severity THEN 'severity_changed' END;
            UPDATE alarm.alarm AS x
            SET occurrences = x.occurrences + 1, severity = raise_system.severity, updated_at = clock_timestamp(),
                value = v_value, limit_value = v_limit, peak_value = greatest(x.peak_value, v_value),
                data = coalesce(raise_system.data, '{}')
                    || jsonb_strip_nulls(jsonb_build_object('text', left(raise_system.message, c_longest_text))),
                worst_severity = (SELECT s.name FROM alarm.severity AS s
                                  WHERE s.name IN (x.worst_severity, raise_system.severity)
                                  ORDER BY s.rank DESC LIMIT 1)
            WHERE x.id = a.id
            RETURNING x.* INTO a;
            EXIT;
        END IF;
        INSERT INTO alarm.alarm (code, condition, level, severity, worst_severity, value, limit_value, peak_value,
                                 raised_at,
                                 announced_at, data, shelved, shelved_until, suppressed_by, out_of_service)
        SELECT raise_system.code, 'system', 'system', raise_system.severity, raise_system.severity, v_value, v_limit,
               v_value, v_now,
               v_now, d.data,
               h.shelved, h.until, CASE WHEN h.suppressed THEN '{operator}'::text[] ELSE '{}' END,
               coalesce(h.out_of_service, false)
        FROM (SELECT coalesce(raise_system.data, '{}')
              || jsonb_strip_nulls(jsonb_build_object('text', left(raise_system.message, c_longest_text))) AS data) AS d
        CROSS JOIN LATERAL (
            SELECT max(x.kind) FILTER (WHERE x.kind IN ('one_shot', 'timed')) AS shelved, max(x.until) AS until,
                   bool_or(x.kind = 'suppressed') AS suppressed, bool_or(x.kind = 'out_of_service') AS out_of_service
            FROM alarm.hold AS x
            WHERE x.signal_id IS NULL AND x.code = raise_system.code AND x.equipment_id IS NULL AND x.ended_at IS NULL
        ) AS h
        ON CONFLICT DO NOTHING
        RETURNING * INTO a;
        v_kind := 'raised';
        EXIT WHEN FOUND;
    END LOOP;
    IF v_kind IS NOT NULL THEN
        PERFORM alarm.record(a, v_kind, 'system', NULL);
    END IF;
    RETURN a.id;
END
$$;
COMMENT ON FUNCTION alarm.raise_system(text, text, text, jsonb) IS
    'The system itself fails (broker lost, lag, disk, a job, an expression rule): raises the alarm of this code, or '
    'counts one more occurrence while it stands. Returns alarm.alarm.id.';
REVOKE ALL ON FUNCTION alarm.raise_system(text, text, text, jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION alarm.raise_system(text, text, text, jsonb) TO thin;
