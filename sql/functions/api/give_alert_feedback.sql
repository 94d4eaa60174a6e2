CREATE OR REPLACE FUNCTION api.give_alert_feedback(id bigint, verdict text, reason text DEFAULT NULL) RETURNS jsonb
    LANGUAGE sql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT jsonb_build_object('alarm_id', f.alarm_id, 'person', f.person, 'verdict', f.verdict, 'reason', f.reason,
                              'given_at', api.iso(f.given_at))
    FROM alarm.give_feedback(id, verdict, reason) AS f
$$;
COMMENT ON FUNCTION api.give_alert_feedback(bigint, text, text) IS
    'Says of an alarm whether it was right, false or useless, and why. Each person has one word of each alarm and may '
    'change it. It becomes a label, which thresholds and learning follow.';
REVOKE ALL ON FUNCTION api.give_alert_feedback(bigint, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.give_alert_feedback(bigint, text, text) TO operator;
