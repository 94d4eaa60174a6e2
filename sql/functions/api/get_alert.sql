CREATE OR REPLACE FUNCTION api.get_alert(id bigint) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT api.alert_json(a) || jsonb_build_object('transitions', (
        SELECT coalesce(jsonb_agg(jsonb_build_object('kind', t.kind, 'time', api.iso(t.occurred_at), 'actor', t.actor, 'comment', t.comment,
            'severity', t.severity, 'level', t.level, 'value', t.value, 'limit', t.limit_value) ORDER BY t.id), '[]')
        FROM alarm.transition AS t WHERE t.alarm_id = a.id),
        'feedback', (
        SELECT coalesce(jsonb_agg(jsonb_build_object('person', f.person, 'verdict', f.verdict, 'reason', f.reason,
            'given_at', api.iso(f.given_at)) ORDER BY f.given_at, f.person), '[]')
        FROM alarm.feedback AS f WHERE f.alarm_id = a.id))
    FROM alarm.alarm AS a WHERE a.id = get_alert.id
$$;
COMMENT ON FUNCTION api.get_alert(bigint) IS 'One alarm with everything that happened to it, and what people say of it (feedback).';
REVOKE ALL ON FUNCTION api.get_alert(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.get_alert(bigint) TO viewer;
