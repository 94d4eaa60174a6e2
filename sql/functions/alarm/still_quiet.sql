CREATE OR REPLACE FUNCTION alarm.still_quiet(signal_ids bigint[], since timestamptz[], reclocked boolean[])
    RETURNS TABLE (machine alarm.signal, state alarm.state, is_known boolean, first timestamptz, outcome alarm.outcome)
    LANGUAGE plpgsql STABLE ROWS 10
    SET search_path = pg_catalog, pg_temp SET enable_seqscan = off
AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT f.machine, f.state, f.is_known, f.first, f.outcome
    FROM (
        SELECT g AS machine, s AS state, s.signal_id IS NOT NULL AS is_known, u.since AS first,
               alarm.run(g, s, v.time, v.value, d.evaluated_to) AS outcome
        FROM unnest(still_quiet.signal_ids, still_quiet.since, still_quiet.reclocked) AS u (id, since, reclocked)
        JOIN alarm.signal AS g ON g.id = u.id AND g.assigned
        JOIN alarm.derived_clock AS d ON d.signal_id = g.id
        LEFT JOIN alarm.state AS s ON s.signal_id = g.id
        CROSS JOIN LATERAL alarm.samples(g, u.since, d.evaluated_to) AS v
        WHERE NOT g.live AND NOT u.reclocked AND (s.signal_id IS NULL OR (s.idle AND s.last_time < u.since))
        OFFSET 0
    ) AS f
    WHERE (f.outcome).event_time = '{}' AND (f.outcome).active = 0 AND (f.outcome).next_due IS NULL;
END
$$;
COMMENT ON FUNCTION alarm.still_quiet(bigint[], timestamptz[], boolean[]) IS
    'Of signals that a job judges, with late points (arrays of equal length, as in alarm.revise), those that were '
    'quiet, had not been looked at since, and stay quiet: nothing of their history changes. is_known: it has a '
    'state, which outcome follows.';
REVOKE ALL ON FUNCTION alarm.still_quiet(bigint[], timestamptz[], boolean[]) FROM PUBLIC;
