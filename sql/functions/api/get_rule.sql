CREATE OR REPLACE FUNCTION api.get_rule(id bigint) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT api.rule_answer(r) FROM alarm.rule AS r WHERE r.id = get_rule.id
$$;
COMMENT ON FUNCTION api.get_rule(bigint) IS 'One alarm rule, with notes: what its selection does not find in the plant.';
REVOKE ALL ON FUNCTION api.get_rule(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.get_rule(bigint) TO viewer;
