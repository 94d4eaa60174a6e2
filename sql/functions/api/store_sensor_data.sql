CREATE OR REPLACE FUNCTION api.store_sensor_data(body jsonb) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET timezone = 'UTC'
AS $$
DECLARE
    c_most_points CONSTANT integer := 10000; -- one request's, and so one transaction's
    v_points jsonb := CASE jsonb_typeof(body) WHEN 'array' THEN body ELSE jsonb_build_array(body) END;
    v_errors jsonb;
    v_stored record;
BEGIN
    -- what a time without an offset means, until this function returns
    PERFORM set_config('timezone', ops.setting_text('ingest.time_zone'), true);
    IF coalesce(jsonb_typeof(body), 'null') NOT IN ('array', 'object') OR jsonb_array_length(v_points) NOT BETWEEN 1 AND c_most_points THEN
        RAISE EXCEPTION USING ERRCODE = 'MW422', COLUMN = 'body', MESSAGE = format('the body must be a point, or an array of 1 to %s points', c_most_points);
    END IF;
    -- set-based, unlike api.check_body: there may be thousands
    SELECT jsonb_agg(jsonb_build_object('field', format('[%s]%s', p.n - 1, '.' || e.member), 'message', e.message) ORDER BY p.n) INTO v_errors
    FROM jsonb_array_elements(v_points) WITH ORDINALITY AS p (point, n)
    CROSS JOIN LATERAL (VALUES
        (NULL, 'must be an object', jsonb_typeof(point) = 'object'),
        ('device_id', 'must be a name of 1 to 64 letters, digits, dots, colons, hyphens or underscores',
            jsonb_typeof(point -> 'device_id') = 'string' AND point ->> 'device_id' ~ '^[[:alnum:]][[:alnum:]_.:-]{0,63}$'),
        ('sensor_type', 'must be text of 1 to 64 characters',
            jsonb_typeof(point -> 'sensor_type') = 'string' AND length(point ->> 'sensor_type') BETWEEN 1 AND 64),
        ('sensor', 'must be text of 1 to 128 characters without / + #',
            coalesce(jsonb_typeof(point -> 'sensor'), 'null') = 'null'
            OR jsonb_typeof(point -> 'sensor') = 'string' AND point ->> 'sensor' ~ '^[^/+#]{1,128}$'),
        -- as over MQTT: no text, whatever it looks like; true and false only for some sensors
        ('value', 'must be a finite number', coalesce(ingest.parse_value((point -> 'value')::text), ingest.parse_boolean((point -> 'value')::text)) IS NOT NULL),
        ('unit', 'must be text of at most 32 characters', coalesce(jsonb_typeof(point -> 'unit'), 'null') = 'null'
            OR jsonb_typeof(point -> 'unit') = 'string' AND length(point ->> 'unit') <= 32),
        ('time', 'must be a time in ISO 8601, or seconds or milliseconds since 1970',
            coalesce(jsonb_typeof(point -> 'time'), 'null') = 'null' OR ingest.parse_time(point ->> 'time') IS NOT NULL)
    ) AS e (member, message, holds)
    WHERE e.holds IS NOT TRUE AND (e.member IS NULL OR jsonb_typeof(point) = 'object');

    IF v_errors IS NULL THEN
        SELECT s.* INTO v_stored FROM (
            SELECT array_agg(p.device_id ORDER BY p.n) AS equipment, array_agg(coalesce(p.sensor, p.sensor_type) ORDER BY p.n) AS sensor,
                array_agg(p.sensor_type ORDER BY p.n) AS sensor_type, array_agg(p.unit ORDER BY p.n) AS unit,
                array_agg(ingest.parse_time(p.time) ORDER BY p.n) AS "time",
                array_agg(coalesce(ingest.parse_value(p.value::text), ingest.parse_boolean(p.value::text)) ORDER BY p.n) AS value,
                array_agg(jsonb_typeof(p.value) = 'boolean' ORDER BY p.n) AS is_boolean
            FROM ROWS FROM (jsonb_to_recordset(v_points) AS (
                device_id text, sensor text, sensor_type text, unit text, "time" text, value jsonb)) WITH ORDINALITY
                AS p (device_id, sensor, sensor_type, unit, "time", value, n)
        ) AS a
        CROSS JOIN LATERAL ingest.store_points(a.equipment, a.sensor, a.sensor_type, a.unit, a.time, a.value, a.is_boolean) AS s;
        SELECT jsonb_agg(jsonb_build_object('field', format('[%s]%s', r ->> 'index', CASE r ->> 'code'
                    WHEN 'implausible_value' THEN '.value' WHEN 'not_binary' THEN '.value' WHEN 'unit_mismatch' THEN '.unit' END),
                'message', r ->> 'code') ORDER BY (r ->> 'index')::integer)
            INTO v_errors FROM jsonb_array_elements(v_stored.rejected) AS r;
    END IF;
    IF v_errors IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'MW422', COLUMN = v_errors -> 0 ->> 'field', DETAIL = v_errors::text,
            MESSAGE = format('%s of %s points are refused, so none is stored',
                (SELECT count(DISTINCT substring(e ->> 'field' FROM '^\[[0-9]+\]')) FROM jsonb_array_elements(v_errors) AS e),
                jsonb_array_length(v_points));
    END IF;
    RETURN jsonb_build_object('stored', v_stored.stored, 'duplicates', v_stored.duplicates, 'historical', v_stored.historical,
        'no_value', v_stored.no_value,
        'message', format('%s of %s points are stored', v_stored.stored, jsonb_array_length(v_points)))
        -- rare, so said where it happened
        || CASE WHEN v_stored.same_time > 0 THEN jsonb_build_object('same_time', v_stored.same_time) ELSE '{}' END
        || CASE WHEN v_stored.replaced > 0 THEN jsonb_build_object('replaced', v_stored.replaced) ELSE '{}' END;
END
$$;
COMMENT ON FUNCTION api.store_sensor_data(jsonb) IS
    'Stores one point or an array of up to 10,000 in one transaction: all of them, or none and a list of what is refused. A point that is there already counts as duplicate; one with another value at the time of one that is there is kept (same_time) or takes its place (replaced), by the setting ingest.same_time. A unit that is not the sensor''s is converted, or refused (unit_mismatch). Alarm rules judge these points as they judge MQTT''s. sensor names the signal where an equipment has several of a type (default: the type).';
REVOKE ALL ON FUNCTION api.store_sensor_data(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.store_sensor_data(jsonb) TO operator;
