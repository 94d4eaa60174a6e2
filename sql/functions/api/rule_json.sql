CREATE OR REPLACE FUNCTION api.rule_json(p_rule alarm.rule) RETURNS jsonb
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp SET intervalstyle = 'iso_8601'
AS $$
    SELECT to_jsonb(p_rule) || jsonb_build_object('created_at', api.iso(p_rule.created_at), 'updated_at', api.iso(p_rule.updated_at))
$$;
COMMENT ON FUNCTION api.rule_json(alarm.rule) IS 'An alarm rule as clients see it: every column, durations in ISO 8601 (PT30S).';
REVOKE ALL ON FUNCTION api.rule_json(alarm.rule) FROM PUBLIC;
