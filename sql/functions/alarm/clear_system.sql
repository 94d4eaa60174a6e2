CREATE OR REPLACE FUNCTION alarm.clear_system(code text) RETURNS bigint
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    a alarm.alarm;
BEGIN
    UPDATE alarm.alarm AS x
    SET active = false, cleared_at = greatest(clock_timestamp(), x.raised_at), updated_at = clock_timestamp()
    WHERE x.code = clear_system.code AND x.equipment_id IS NULL AND x.signal_id IS NULL AND x.cleared_at IS NULL
    RETURNING x.* INTO a;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    UPDATE alarm.hold AS h
    SET ended_at = clock_timestamp(), ended_by = 'system'
    WHERE h.kind = 'one_shot' AND h.ended_at IS NULL AND h.signal_id IS NULL AND h.code = clear_system.code;
    PERFORM alarm.record(a, 'cleared', 'system', NULL);
    RETURN a.id;
END
$$;
COMMENT ON FUNCTION alarm.clear_system(text) IS
    'The failure of this code is over: clears its alarm and returns alarm.alarm.id; NULL where none stood.';
REVOKE ALL ON FUNCTION alarm.clear_system(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION alarm.clear_system(text) TO thin;
