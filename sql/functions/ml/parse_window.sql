CREATE OR REPLACE FUNCTION ml.parse_window(
    source jsonb, features text[], steps integer,
    OUT bucket interval, OUT cycle_sensor text, OUT stride integer, OUT fill integer, OUT hold interval,
        OUT signals jsonb, OUT problem text
)
    LANGUAGE plpgsql IMMUTABLE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    c_members CONSTANT text[] := '{bucket,cycle,steps,stride,max_fill,hold_seconds,signals}';
    c_statistics CONSTANT text[] := '{mean,min,max,std,rms,range,first,last,sum,count}';
    c_day CONSTANT integer := 1440;
    v_given jsonb;
    v_match text[];
    v_minutes integer;
BEGIN
    IF jsonb_typeof(source) IS DISTINCT FROM 'object' THEN
        problem := 'window is not an object';
        RETURN;
    END IF;
    SELECT format('window.%s is no member that is known (%s)', left(k, 64), array_to_string(c_members, ', '))
    INTO problem
    FROM jsonb_object_keys(source) AS k WHERE k <> ALL (c_members) ORDER BY k LIMIT 1;
    IF problem IS NOT NULL THEN
        RETURN;
    END IF;
    v_match := regexp_match(source ->> 'bucket', '^([1-9][0-9]{0,3})([mh])$');
    IF v_match IS NOT NULL THEN
        v_minutes := v_match[1]::integer * CASE v_match[2] WHEN 'h' THEN 60 ELSE 1 END;
        bucket := make_interval(mins => v_minutes);
    END IF;
    -- whole buckets a day: so they begin at the same times every day
    IF (source ->> 'bucket' IN ('raw', 'cycle')) IS NOT TRUE
       AND (v_minutes IS NULL OR v_minutes > c_day OR c_day % v_minutes <> 0)
    THEN
        problem := 'window.bucket is neither raw, cycle, nor minutes or hours that divide a day (1m, 5m, 1h, 8h)';
        RETURN;
    END IF;
    IF source ->> 'bucket' = 'cycle' THEN
        cycle_sensor := CASE WHEN jsonb_typeof(source -> 'cycle') = 'string' THEN source ->> 'cycle' END;
        IF (length(cycle_sensor) BETWEEN 1 AND 128) IS NOT TRUE THEN
            problem := 'window.cycle does not name the sensor that tells cycles apart';
            RETURN;
        END IF;
    ELSIF source ? 'cycle' THEN
        problem := 'window.cycle is there, and window.bucket is not cycle';
        RETURN;
    END IF;
    IF source ? 'steps' AND (source -> 'steps') IS DISTINCT FROM to_jsonb(parse_window.steps) THEN
        problem := format('window.steps is not the %s of feature_spec.yaml', parse_window.steps);
        RETURN;
    END IF;
    SELECT format('window.%s is not a whole number from %s to %s', m.name, m.least, m.most) INTO problem
    FROM (VALUES ('stride', 1, 100000), ('max_fill', 0, 4096)) AS m (name, least, most)
    WHERE source ? m.name AND (ml.finite(source -> m.name) BETWEEN m.least AND m.most
        AND ml.finite(source -> m.name) = trunc(ml.finite(source -> m.name))) IS NOT TRUE
    ORDER BY m.name LIMIT 1;
    IF problem IS NOT NULL THEN
        RETURN;
    END IF;
    IF source ? 'hold_seconds' AND (ml.finite(source -> 'hold_seconds') BETWEEN 0.001 AND 31622400) IS NOT TRUE THEN
        problem := 'window.hold_seconds is not a number from 0.001 to 31622400';
        RETURN;
    END IF;
    -- raw points come fast: by themselves they do not overlap
    stride := coalesce(ml.finite(source -> 'stride')::integer,
                       CASE WHEN source ->> 'bucket' = 'raw' THEN parse_window.steps ELSE 1 END);
    fill := ml.finite(source -> 'max_fill')::integer;
    hold := make_interval(secs => ml.finite(source -> 'hold_seconds'));

    v_given := coalesce(source -> 'signals', '[]');
    IF jsonb_typeof(v_given) <> 'array' THEN
        problem := 'window.signals is not a list';
        RETURN;
    END IF;
    SELECT format('window.signals[%s] %s', s.n - 1, c.complaint) INTO problem
    FROM jsonb_array_elements(v_given) WITH ORDINALITY AS s (value, n)
    CROSS JOIN LATERAL (SELECT CASE
        WHEN jsonb_typeof(s.value) <> 'object' THEN 'is not an object'
        WHEN EXISTS (SELECT FROM jsonb_object_keys(s.value) AS k
                     WHERE k NOT IN ('feature', 'sensor', 'type', 'statistic'))
            THEN 'has a member that is not feature, sensor, type or statistic'
        WHEN (s.value ->> 'feature' = ANY (features)) IS NOT TRUE THEN 'names no feature of the bundle'
        WHEN (SELECT count(*) FROM jsonb_array_elements(v_given) AS o WHERE o -> 'feature' = s.value -> 'feature') > 1
            THEN 'names a feature twice'
        WHEN s.value ? 'sensor' AND s.value ? 'type' THEN 'has both a sensor and a type'
        WHEN s.value ? 'sensor' AND (jsonb_typeof(s.value -> 'sensor') = 'string'
            AND length(s.value ->> 'sensor') BETWEEN 1 AND 128) IS NOT TRUE
            THEN 'has a sensor that is not a text of 1 to 128 characters'
        WHEN s.value ? 'type' AND (jsonb_typeof(s.value -> 'type') = 'string'
            AND length(s.value ->> 'type') BETWEEN 1 AND 64) IS NOT TRUE
            THEN 'has a type that is not a text of 1 to 64 characters'
        WHEN s.value ? 'statistic' AND (s.value ->> 'statistic' = ANY (c_statistics)) IS NOT TRUE
            THEN 'has a statistic that is none of ' || array_to_string(c_statistics, ', ')
        WHEN source ->> 'bucket' = 'raw'
             AND s.value ->> 'statistic' <> 'mean' THEN 'has a statistic, and a raw point has none'
    END AS complaint) AS c
    WHERE c.complaint IS NOT NULL
    ORDER BY s.n LIMIT 1;
    IF problem IS NOT NULL THEN
        RETURN;
    END IF;
    SELECT jsonb_agg(jsonb_build_object(
               'place', f.place, 'feature', f.name,
               'sensor', CASE WHEN s.value ? 'type' THEN NULL ELSE coalesce(s.value ->> 'sensor', f.name) END,
               'sensor_type', s.value ->> 'type', 'statistic', coalesce(s.value ->> 'statistic', 'mean'))
           ORDER BY f.place)
    INTO signals
    FROM unnest(features) WITH ORDINALITY AS f (name, place)
    LEFT JOIN jsonb_array_elements(v_given) AS s (value) ON s.value ->> 'feature' = f.name;
    IF signals IS NULL THEN
        problem := 'the bundle has no features';
    END IF;
END
$$;
COMMENT ON FUNCTION ml.parse_window(jsonb, text[], integer) IS
    'The member window of a bundle''s metadata.json, taken apart: bucket (NULL: raw or cycle), cycle_sensor, stride, '
    'fill, hold, and signals '
    '[{place, feature, sensor|null, sensor_type|null, statistic}], one for each feature of the bundle. problem says '
    'what is wrong with it (docs/rul-windows.md).';
REVOKE ALL ON FUNCTION ml.parse_window(jsonb, text[], integer) FROM PUBLIC;
