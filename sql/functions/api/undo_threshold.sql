CREATE OR REPLACE FUNCTION api.undo_threshold(
    device_id text, power text, bundle_kind text, reason text DEFAULT NULL
) RETURNS jsonb
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_new jsonb := api.threshold_json(ml.undo_threshold(device_id, power, bundle_kind, reason));
BEGIN
    PERFORM auth.audit('threshold.undo', 'threshold', concat_ws(':', device_id, power, bundle_kind), NULL, v_new);
    RETURN v_new;
END
$$;
COMMENT ON FUNCTION api.undo_threshold(text, text, text, text) IS
    'Takes the last change of a model''s threshold back, exactly, and keeps it from being moved again by itself; once '
    'more goes one further back. 409 where nothing is left to take back.';
REVOKE ALL ON FUNCTION api.undo_threshold(text, text, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.undo_threshold(text, text, text, text) TO engineer;
