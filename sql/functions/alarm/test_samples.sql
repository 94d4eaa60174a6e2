CREATE OR REPLACE FUNCTION alarm.test_samples(samples jsonb) RETURNS TABLE (seconds float8, value float8)
    LANGUAGE plpgsql STABLE ROWS 100
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    c_most CONSTANT integer := 100000;
    c_longest CONSTANT numeric := 1e9; -- seconds, 31 years
    v_bad record;
BEGIN
    IF jsonb_typeof(samples) IS DISTINCT FROM 'array' THEN
        PERFORM alarm.refuse('MW422', 'samples', 'samples must be an array of pairs [seconds, value]');
    ELSIF jsonb_array_length(samples) > c_most THEN
        PERFORM alarm.refuse('MW413', 'samples', format('more than %s samples', c_most));
    END IF;
    SELECT p.place - 1 AS place, left(p.pair::text, 100) AS text, b.problem INTO v_bad
    FROM jsonb_array_elements(samples) WITH ORDINALITY AS p (pair, place)
    CROSS JOIN LATERAL (SELECT
        CASE WHEN jsonb_typeof(p.pair) <> 'array'
             OR jsonb_array_length(p.pair) <> 2 THEN 'must be a pair [seconds, value]'
             WHEN jsonb_typeof(p.pair -> 0) <> 'number' THEN 'has no number of seconds'
             WHEN jsonb_typeof(p.pair -> 1) <> 'number' THEN 'has no number as its value'
             WHEN (p.pair -> 0)::numeric NOT BETWEEN -c_longest AND c_longest THEN 'lies more than 1e9 seconds from '
                                                                                   'the start'
             WHEN (p.pair -> 1)::numeric <> 0 AND abs((p.pair -> 1)::numeric) NOT BETWEEN 1e-100 AND 1e100
                 THEN 'has a value that could not be stored: 0, or 1e-100 to 1e100 in magnitude' END AS problem) AS b
    WHERE b.problem IS NOT NULL
    ORDER BY p.place
    LIMIT 1;
    IF FOUND THEN
        PERFORM alarm.refuse('MW422', 'samples', format('samples[%s] %s: %s', v_bad.place, v_bad.problem, v_bad.text),
                             'For example [[0, 60], [10.5, 100]].');
    END IF;
    RETURN QUERY SELECT (p.pair ->> 0)::float8, (p.pair ->> 1)::float8 FROM jsonb_array_elements(samples) AS p (pair);
END
$$;
COMMENT ON FUNCTION alarm.test_samples(jsonb) IS
    'Given samples [[seconds, value], …] as rows. MW422 names the first that is none (samples[2] …), MW413: more than '
    '100,000.';
REVOKE ALL ON FUNCTION alarm.test_samples(jsonb) FROM PUBLIC;
