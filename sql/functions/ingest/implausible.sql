CREATE OR REPLACE FUNCTION ingest.implausible(sensor_id integer[], value float8[])
    RETURNS TABLE (ordinal bigint, error text)
    LANGUAGE sql STABLE SECURITY DEFINER ROWS 10
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT x.ordinal, x.error
    FROM (
        SELECT u.ordinal,
               CASE WHEN u.value IS NULL THEN 'missing_value'
                    WHEN u.value IN ('NaN', 'Infinity', '-Infinity') THEN 'non_finite'
                    ELSE ingest.value_refusal(u.value, s.id, s.type, s.plausible_min, s.plausible_max, g.lowest,
                                              g.highest, g.marks, g.has_spans)
               END AS error
        FROM ingest.value_gate() AS g
        CROSS JOIN unnest(implausible.sensor_id, implausible.value) WITH ORDINALITY AS u (sensor_id, value, ordinal)
        LEFT JOIN plant.sensor AS s ON s.id = u.sensor_id
    ) AS x
    WHERE x.error IS NOT NULL
$$;
COMMENT ON FUNCTION ingest.implausible(integer[], float8[]) IS
    'Which of these values (arrays of equal length) must not be stored: their place from 1 and the error '
    '(missing_value, non_finite, no_value, implausible_value). For ways in that store by themselves (thin import); '
    'store the others as ops.carried(value).';
REVOKE ALL ON FUNCTION ingest.implausible(integer[], float8[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ingest.implausible(integer[], float8[]) TO thin, engineer;
