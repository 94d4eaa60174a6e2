CREATE OR REPLACE FUNCTION alarm.reset(
    alarm_id bigint, actor text DEFAULT NULL, comment text DEFAULT NULL
) RETURNS alarm.alarm
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    a alarm.alarm;
BEGIN
    -- the state before the alarm: the order in which ingest locks them
    PERFORM FROM alarm.state AS s
        WHERE s.signal_id = (SELECT x.signal_id FROM alarm.alarm AS x WHERE x.id = reset.alarm_id) FOR NO KEY UPDATE;
    a := alarm.hold_row(alarm_id);
    IF NOT a.active THEN
        PERFORM alarm.refuse('MW409', 'id', format('alarm %s has cleared', a.id), 'Nothing is left to do.');
    -- as its rule is now; an alarm keeps what it was raised as where the rule is gone
    ELSIF NOT coalesce((SELECT g.latched FROM alarm.signal AS g WHERE g.id = a.signal_id), a.latched) THEN
        PERFORM alarm.refuse('MW409', 'id', format('alarm %s is not latched', a.id),
                             'It clears by itself when the value is good again.');
    ELSIF EXISTS (SELECT FROM alarm.state AS s WHERE s.signal_id = a.signal_id
                  AND alarm.limits_back(s.zone) & s.active <> s.active) THEN
        PERFORM alarm.refuse('MW409', 'id', format('the condition of alarm %s still stands', a.id),
                             'A latched alarm can be reset when its value is good again.');
    END IF;
    -- what another limit has begun goes on: a latched limit has no timer of its own
    UPDATE alarm.state AS s
    SET active = 0, since = n.since, next_due = n.next_due, idle = n.next_due IS NULL, chattering = false,
        raises = ARRAY[]::timestamptz[]
    FROM (
        SELECT x.signal_id, p.since, CASE WHEN num_nonnulls(VARIADIC p.since) > 0 THEN x.next_due END AS next_due
        FROM alarm.state AS x
        CROSS JOIN LATERAL (SELECT alarm.since_without(x.since, x.active) AS since OFFSET 0) AS p
    ) AS n
    WHERE s.signal_id = a.signal_id AND n.signal_id = s.signal_id;
    -- no late sample undoes what an operator did
    DELETE FROM alarm.checkpoint AS c WHERE c.signal_id = a.signal_id;
    PERFORM alarm.keep_states(ARRAY[a.signal_id]);
    UPDATE alarm.alarm AS x
    SET active = false, cleared_at = greatest(clock_timestamp(), x.raised_at), updated_at = clock_timestamp()
    WHERE x.id = a.id
    RETURNING x.* INTO a;
    PERFORM alarm.record(a, 'reset', actor, comment);
    PERFORM alarm.record(a, 'cleared', actor, comment);
    RETURN a;
END
$$;
COMMENT ON FUNCTION alarm.reset(bigint, text, text) IS
    'Clears a latched alarm whose value is good again. MW404, MW409 not latched, cleared, or the condition still '
    'stands.';
REVOKE ALL ON FUNCTION alarm.reset(bigint, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION alarm.reset(bigint, text, text) TO operator;
