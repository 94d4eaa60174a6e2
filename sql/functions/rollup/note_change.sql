CREATE OR REPLACE FUNCTION rollup.note_change() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    -- appended only: a note that is being worked off belongs to an older state of its hour
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO rollup.change (sensor_id, period)
        SELECT n.sensor_id, range_agg(tstzrange(n.bucket, n.bucket + INTERVAL '1 hour')) FROM new_row AS n GROUP BY n.sensor_id;
    END IF;
    IF TG_OP <> 'INSERT' THEN
        INSERT INTO rollup.change (sensor_id, period)
        SELECT o.sensor_id, range_agg(tstzrange(o.bucket, o.bucket + INTERVAL '1 hour')) FROM old_row AS o GROUP BY o.sensor_id;
    END IF;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION rollup.note_change() IS
    'Trigger on the finished buckets of rollup.reading_1h: leaves a note per sensor for rollup.refresh. Ingest does not come by here.';
REVOKE ALL ON FUNCTION rollup.note_change() FROM PUBLIC;
