CREATE OR REPLACE FUNCTION api.explain_alert(id bigint) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET intervalstyle = 'iso_8601'
AS $$
    SELECT to_jsonb(e) || jsonb_build_object('raised_at', api.iso(e.raised_at), 'rule_changed_at', api.iso(e.rule_changed_at))
    FROM alarm.explain(id) AS e
$$;
COMMENT ON FUNCTION api.explain_alert(bigint) IS
    'Why an alarm was raised: the rule''s version with who made it and why, how it came to watch this sensor, the limit, the samples around the raise, and all transitions.';
REVOKE ALL ON FUNCTION api.explain_alert(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.explain_alert(bigint) TO viewer;
