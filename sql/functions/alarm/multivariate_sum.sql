CREATE OR REPLACE FUNCTION alarm.multivariate_sum(equipment text[], "from" timestamptz[], "to" timestamptz[])
    RETURNS integer
    LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_hours integer;
BEGIN
    WITH asked AS MATERIALIZED (
        SELECT u.equipment_id, u.since, u.until, k.sensors, k.width
        FROM unnest(multivariate_sum.equipment, multivariate_sum.from, multivariate_sum.to)
            AS u (equipment_id, since, until)
        JOIN alarm.multivariate_clock AS k ON k.equipment_id = u.equipment_id
    ), gone AS (
        DELETE FROM alarm.multivariate_hour AS h USING asked AS a
        WHERE h.equipment_id = a.equipment_id AND h.bucket >= a.since AND h.bucket < a.until
    ), bucket AS MATERIALIZED (
        SELECT a.equipment_id, b.state, date_trunc('hour', b.bucket, 'UTC') AS hour, b.value,
               cardinality(a.sensors) AS p
        FROM asked AS a
        CROSS JOIN LATERAL alarm.multivariate_buckets(a.equipment_id, a.sensors, a.width, a.since, a.until) AS b
    ), pair AS (
        -- regr_sxy sums what deviates from the means as it goes (Youngs and Cramer): nothing cancels
        SELECT b.equipment_id, b.state, b.hour, x.i, y.j, count(*) AS samples,
               avg(b.value[x.i]) AS mean, regr_sxy(b.value[x.i], b.value[y.j]) AS comoment
        FROM bucket AS b
        CROSS JOIN LATERAL generate_series(1, b.p) AS x (i)
        CROSS JOIN LATERAL generate_series(x.i, b.p) AS y (j)
        GROUP BY b.equipment_id, b.state, b.hour, x.i, y.j
    ), stored AS (
        INSERT INTO alarm.multivariate_hour AS h (equipment_id, state, bucket, samples, mean, comoment)
        SELECT p.equipment_id, p.state, p.hour, min(p.samples),
               array_agg(p.mean ORDER BY p.i) FILTER (WHERE p.i = p.j), array_agg(p.comoment ORDER BY p.i, p.j)
        FROM pair AS p
        GROUP BY p.equipment_id, p.state, p.hour
        ON CONFLICT (equipment_id, state, bucket) DO UPDATE SET
            samples = excluded.samples, mean = excluded.mean, comoment = excluded.comoment
        RETURNING 1
    )
    SELECT count(*) INTO v_hours FROM stored;
    RETURN v_hours;
END
$$;
COMMENT ON FUNCTION alarm.multivariate_sum(text[], timestamptz[], timestamptz[]) IS
    'Makes the hours of alarm.multivariate_hour anew for machines from … to (arrays of equal length, whole hours), '
    'whatever is known of these hours: which of them were normal is asked when a model is made of them. Returns how '
    'many.';
REVOKE ALL ON FUNCTION alarm.multivariate_sum(text[], timestamptz[], timestamptz[]) FROM PUBLIC;
