CREATE OR REPLACE FUNCTION alarm.end_one_shots(signal_ids bigint[]) RETURNS void
    LANGUAGE sql VOLATILE
    SET search_path = pg_catalog, pg_temp
AS $$
    UPDATE alarm.hold AS h
    SET ended_at = clock_timestamp(), ended_by = 'system'
    WHERE h.kind = 'one_shot' AND h.ended_at IS NULL AND h.signal_id = ANY (end_one_shots.signal_ids)
      AND NOT EXISTS (SELECT FROM alarm.alarm AS a
                      WHERE a.signal_id = h.signal_id AND a.cleared_at IS NULL AND a.shelved = 'one_shot')
$$;
COMMENT ON FUNCTION alarm.end_one_shots(bigint[]) IS
    'Ends the one-shot shelvings of signals whose shelved alarm has cleared: its successor is not shelved.';
REVOKE ALL ON FUNCTION alarm.end_one_shots(bigint[]) FROM PUBLIC;
