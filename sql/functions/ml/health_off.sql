CREATE OR REPLACE FUNCTION ml.health_off("from" timestamptz, "to" timestamptz, equipment_ids text[] DEFAULT NULL)
    RETURNS TABLE (equipment_id text, bucket timestamptz, off float8)
    LANGUAGE sql STABLE ROWS 10000
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT m.equipment_id, date_bin('1 hour', m.bucket, 'epoch'), sum(m.idle + m.stopped)::float8 / 60
    FROM rollup.machine_15m AS m
    WHERE m.bucket >= $1 AND m.bucket < $2 AND m.idle + m.stopped > 0
      AND ($3 IS NULL OR m.equipment_id = ANY ($3))
    GROUP BY 1, 2
$$;
COMMENT ON FUNCTION ml.health_off(timestamptz, timestamptz, text[]) IS
    'Hours in which machines (NULL: all) idled or stood still, and for which share of them (rollup.machine_15m). Where '
    'it is not known what a machine did, it is taken to have been in service.';
REVOKE ALL ON FUNCTION ml.health_off(timestamptz, timestamptz, text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ml.health_off(timestamptz, timestamptz, text[]) TO viewer;
