CREATE OR REPLACE FUNCTION rollup.watch_hours() RETURNS void
    LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_table regclass := rollup.finished('reading_1h');
BEGIN
    IF v_table IS NULL OR EXISTS (SELECT FROM pg_trigger AS t WHERE t.tgrelid = v_table AND t.tgname = 'rollup_note_insert') THEN
        RETURN;
    END IF;
    EXECUTE format('CREATE TRIGGER rollup_note_insert AFTER INSERT ON %s REFERENCING NEW TABLE AS new_row
        FOR EACH STATEMENT EXECUTE FUNCTION rollup.note_change()', v_table);
    EXECUTE format('CREATE TRIGGER rollup_note_update AFTER UPDATE ON %s REFERENCING OLD TABLE AS old_row NEW TABLE AS new_row
        FOR EACH STATEMENT EXECUTE FUNCTION rollup.note_change()', v_table);
    EXECUTE format('CREATE TRIGGER rollup_note_delete AFTER DELETE ON %s REFERENCING OLD TABLE AS old_row
        FOR EACH STATEMENT EXECUTE FUNCTION rollup.note_change()', v_table);
    -- what was finished before anybody looked
    EXECUTE format($sql$
        INSERT INTO rollup.change (sensor_id, period)
        SELECT h.sensor_id, range_agg(tstzrange(h.bucket, h.bucket + INTERVAL '1 hour')) FROM %s AS h
        GROUP BY h.sensor_id, public.time_bucket(INTERVAL '30 days', h.bucket)$sql$, v_table);
END
$$;
COMMENT ON FUNCTION rollup.watch_hours() IS
    'Sets the triggers on the finished buckets of rollup.reading_1h, where they are not there (that aggregate may have been made anew). Called by ops.after_migrate.';
REVOKE ALL ON FUNCTION rollup.watch_hours() FROM PUBLIC;
