CREATE OR REPLACE FUNCTION alarm.judge_system(
    conditions text[] DEFAULT NULL, "now" timestamptz DEFAULT clock_timestamp()
)
    RETURNS integer
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    c_longest_error CONSTANT integer := 1000; -- characters
    c alarm.system_condition;
    v_conditions text[] := '{}'; -- measured now
    v_condition text[] := '{}'; -- of each value
    v_object text[] := '{}';
    v_value float8[] := '{}';
    v_detail jsonb[] := '{}';
    v_objects text[]; -- of the condition at hand
    v_values float8[];
    v_details jsonb[];
    v_error text;
BEGIN
    -- one after the other: each measures in its own way, and one that fails must not take the others along
    FOR c IN
        SELECT x.*
        FROM alarm.system_condition AS x
        LEFT JOIN alarm.system_run AS r ON r.condition = x.name
        WHERE CASE WHEN judge_system.conditions IS NOT NULL THEN x.name = ANY (judge_system.conditions)
                   -- what has been switched off is looked after at once
                   ELSE x.every IS NOT NULL AND (r.condition IS NULL OR r.measured_at <= judge_system.now - x.every)
                        OR NOT x.enabled AND EXISTS (SELECT FROM alarm.system_state AS s WHERE s.condition = x.name) END
        -- the one that tells of the others last
        ORDER BY x.name = 'condition_fails', x.name
    LOOP
        CONTINUE WHEN NOT ops.try_lock('alarm.system:' || c.name);
        v_error := NULL;
        v_objects := NULL;
        IF c.enabled THEN
            BEGIN
                IF NOT ops.is_trusted_routine(to_regprocedure(c.measure
                                                              || '(alarm.system_condition, timestamptz)')) THEN
                    RAISE EXCEPTION USING ERRCODE = 'MW404', MESSAGE = format(
                        'there is no function %s(alarm.system_condition, timestamptz) that an administrator owns',
                        c.measure);
                END IF;
                EXECUTE format(
                    'SELECT array_agg(m.object) AS object, array_agg(m.value) AS value, array_agg(m.detail) AS detail
                     FROM (SELECT DISTINCT ON (coalesce(x.object, ''''))
                                  coalesce(x.object, '''') AS object, x.value, x.detail
                           FROM %I.%I($1, $2) AS x
                           WHERE x.value IS NOT NULL AND x.value <> ''NaN''
                           ORDER BY coalesce(x.object, ''''), x.value DESC) AS m',
                    split_part(c.measure, '.', 1), split_part(c.measure, '.', 2))
                INTO v_objects, v_values, v_details USING c, judge_system.now;
            EXCEPTION WHEN query_canceled OR OTHERS THEN
                v_error := left(SQLSTATE || ': ' || SQLERRM, c_longest_error);
            END;
        END IF;
        INSERT INTO alarm.system_run AS r (condition, measured_at, error) VALUES (c.name, judge_system.now, v_error)
        ON CONFLICT (condition) DO UPDATE SET measured_at = excluded.measured_at, error = excluded.error;
        -- what cannot be measured stays as it was
        CONTINUE WHEN v_error IS NOT NULL;
        v_conditions := v_conditions || c.name;
        IF v_objects IS NOT NULL THEN
            v_condition := v_condition || array_fill(c.name, ARRAY[cardinality(v_objects)]);
            v_object := v_object || v_objects;
            v_value := v_value || v_values;
            v_detail := v_detail || v_details;
        END IF;
    END LOOP;
    RETURN alarm.settle_system(v_conditions, v_condition, v_object, v_value, v_detail, judge_system.now);
END
$$;
COMMENT ON FUNCTION alarm.judge_system(text[], timestamptz) IS
    'Measures how Millwright itself fares, holds it against the limits of alarm.system_condition, and raises and '
    'clears system alarms. NULL: what is due by its clock (thin asks every few seconds); names: these, now. Returns '
    'how many objects of the conditions judged are beyond a limit.';
REVOKE ALL ON FUNCTION alarm.judge_system(text[], timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION alarm.judge_system(text[], timestamptz) TO thin, admin;
