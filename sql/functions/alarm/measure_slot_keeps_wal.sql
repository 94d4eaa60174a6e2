CREATE OR REPLACE FUNCTION alarm.measure_slot_keeps_wal(c alarm.system_condition, "now" timestamptz)
    RETURNS TABLE (object text, value float8, detail jsonb)
    LANGUAGE sql STABLE SECURITY DEFINER ROWS 2
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT s.slot_name::text, round((pg_wal_lsn_diff(pg_current_wal_lsn(), s.restart_lsn) / 1e9)::numeric, 3)::float8,
           jsonb_build_object('slot', s.slot_name, 'is_active', s.active)
    FROM pg_replication_slots AS s
    WHERE s.restart_lsn IS NOT NULL AND NOT pg_is_in_recovery()
$$;
COMMENT ON FUNCTION alarm.measure_slot_keeps_wal(alarm.system_condition, timestamptz) IS
    'GB (1e9 bytes) of write-ahead log that a replication slot keeps.';
REVOKE ALL ON FUNCTION alarm.measure_slot_keeps_wal(alarm.system_condition, timestamptz) FROM PUBLIC;
