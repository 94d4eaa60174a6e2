CREATE OR REPLACE FUNCTION alarm.keep_states(
    signal_ids bigint[], states alarm.state[] DEFAULT NULL, holds_until timestamptz[] DEFAULT NULL
) RETURNS void
    LANGUAGE sql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
    INSERT INTO alarm.checkpoint AS c (signal_id, at, holds_until, state, after_alarm, open_alarm)
    SELECT k.signal_id, coalesce((k.state).last_time, '-infinity'), k.holds_until, to_jsonb(k.state),
           q.last_value - CASE WHEN q.is_called THEN 0 ELSE 1 END, a.id
    FROM (
        SELECT u.id AS signal_id, s AS state, NULL::timestamptz AS holds_until
        FROM unnest($1) AS u (id) JOIN alarm.state AS s ON s.signal_id = u.id
        WHERE $2 IS NULL
        UNION ALL
        -- a machine in which nothing is pending stays as it is until the first sample that is looked at again
        SELECT $1[i], s.state, CASE WHEN (s.state).idle IS NOT FALSE THEN $3[i] END
        FROM generate_subscripts($1, 1) AS i
        CROSS JOIN LATERAL (SELECT CASE WHEN ($2[i]).signal_id IS NOT NULL THEN $2[i] END AS state OFFSET 0) AS s
        WHERE $2 IS NOT NULL
    ) AS k
    -- whatever was raised before has a smaller number
    CROSS JOIN alarm.alarm_id_seq AS q
    LEFT JOIN alarm.alarm AS a ON a.signal_id = k.signal_id AND a.cleared_at IS NULL AND (k.state).active <> 0
    ON CONFLICT (signal_id, at) DO UPDATE
    SET holds_until = excluded.holds_until, state = excluded.state, after_alarm = excluded.after_alarm,
        open_alarm = excluded.open_alarm, created_at = excluded.created_at
$$;
COMMENT ON FUNCTION alarm.keep_states(bigint[], alarm.state[], timestamptz[]) IS
    'Keeps states of machines in alarm.checkpoint before samples or the clock change them: those given (NULL: none so '
    'far) with the first sample after each, or else the present ones. The caller holds the locks on the states.';
REVOKE ALL ON FUNCTION alarm.keep_states(bigint[], alarm.state[], timestamptz[]) FROM PUBLIC;
