CREATE OR REPLACE FUNCTION ops.live_processes("now" timestamptz DEFAULT clock_timestamp()) RETURNS SETOF ops.process
    LANGUAGE sql STABLE SECURITY DEFINER ROWS 2
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT p.* FROM ops.process AS p
    WHERE p.stopped_at IS NULL AND p.beat_at > live_processes.now - ops.setting_interval('ops.process_lifetime')
$$;
COMMENT ON FUNCTION ops.live_processes(timestamptz) IS
    'Runs of thin that are heard: not ended, and a heartbeat within the setting ops.process_lifetime. What others said last counts for nothing.';
REVOKE ALL ON FUNCTION ops.live_processes(timestamptz) FROM PUBLIC;
