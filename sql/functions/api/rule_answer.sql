CREATE OR REPLACE FUNCTION api.rule_answer(p_rule alarm.rule) RETURNS jsonb
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT api.rule_json(p_rule) || jsonb_build_object('notes', to_jsonb(alarm.selection_notes(p_rule)))
$$;
COMMENT ON FUNCTION api.rule_answer(alarm.rule) IS 'One alarm rule as clients see it (api.rule_json), with notes: what its selection does not find in the plant.';
REVOKE ALL ON FUNCTION api.rule_answer(alarm.rule) FROM PUBLIC;
