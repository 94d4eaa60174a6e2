CREATE OR REPLACE FUNCTION api.list_training_kinds() RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT jsonb_build_object('next_cursor', NULL, 'items', jsonb_agg(jsonb_build_object(
        'kind', k.kind, 'model_types', k.model_types, 'meaning', k.meaning, 'spec', k.spec) ORDER BY k.place))
    FROM ml.training_kind AS k
$$;
COMMENT ON FUNCTION api.list_training_kinds() IS 'What can be trained, and what a training of each kind can be told.';
REVOKE ALL ON FUNCTION api.list_training_kinds() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.list_training_kinds() TO viewer;
