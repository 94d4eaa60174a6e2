CREATE OR REPLACE FUNCTION alarm.told_kinds() RETURNS text[]
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT array_agg(x.kind)
    FROM (
        SELECT k.kind FROM alarm.transition_kind AS k WHERE k.told
        UNION
        SELECT unnest(r.events)
        FROM relay.route AS r
        JOIN relay.channel AS c ON c.id = r.channel_id AND c.enabled
        WHERE r.enabled AND (r.kinds IS NULL OR r.kinds && '{alarm,system}')
    ) AS x
$$;
COMMENT ON FUNCTION alarm.told_kinds() IS
    'Transitions that become an outbox row where alarm.rule.notify is NULL: the usual ones, and whatever an enabled '
    'route names in its events.';
REVOKE ALL ON FUNCTION alarm.told_kinds() FROM PUBLIC;
