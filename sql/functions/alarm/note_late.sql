CREATE OR REPLACE FUNCTION alarm.note_late(
    sensor_ids integer[], first bigint[], "time" timestamptz[], reclocked integer[]
) RETURNS void
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp SET enable_seqscan = off
AS $$
#variable_conflict use_column
DECLARE
    v_rests boolean := true;
BEGIN
    -- mostly no job judges anything of these
    IF NOT EXISTS (SELECT FROM alarm.derived_source AS s WHERE s.sensor_id = ANY (note_late.sensor_ids)) THEN
        RETURN;
    END IF;
    -- How far the job has come is known while it rests, and it does not begin before we have committed. While it works
    -- (or waits to begin) it may be past these points and not see them: all of them are told.
    BEGIN
        LOCK TABLE alarm.derived_source IN ROW SHARE MODE NOWAIT;
    EXCEPTION WHEN lock_not_available THEN
        v_rests := false;
    END;
    INSERT INTO alarm.late_sample (sensor_id, since, reclocked)
    SELECT u.sensor_id, n.since, n.reclocked
    FROM unnest(note_late.sensor_ids, note_late.first) AS u (sensor_id, first)
    CROSS JOIN LATERAL (
        SELECT note_late.time[u.first] AS since, (u.sensor_id = ANY (note_late.reclocked)) IS TRUE AS reclocked
    ) AS n
    WHERE EXISTS (
        SELECT FROM alarm.derived_source AS s
        JOIN alarm.derived_clock AS c ON c.signal_id = s.signal_id
        WHERE s.sensor_id = u.sensor_id AND (NOT v_rests OR n.reclocked OR c.evaluated_to >= n.since));
END
$$;
COMMENT ON FUNCTION alarm.note_late(integer[], bigint[], timestamptz[], integer[]) IS
    'Notes which sensors of a batch told something from before what alarm.judge_derived has judged already (or may '
    'be judging at this moment). sensor_ids, and for each the place of its earliest point in time; reclocked: sensors '
    'whose clock was put back. Waits for nobody. Part of ingest.store.';
REVOKE ALL ON FUNCTION alarm.note_late(integer[], bigint[], timestamptz[], integer[]) FROM PUBLIC;
