CREATE OR REPLACE FUNCTION ml.begin_training(kind text, spec jsonb, actor text DEFAULT NULL) RETURNS bigint
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN ml.add_training(begin_training.kind, ml.training_spec(begin_training.kind, begin_training.spec, true),
                           'receiving', auth.acting(begin_training.actor));
END
$$;
COMMENT ON FUNCTION ml.begin_training(text, jsonb, text) IS
    'As ml.queue_training, for a training whose files follow (ml.receive_training_file): nobody gets it before '
    'ml.release_training, and it is given up when they stop arriving (setting ml.training_upload_patience).';
REVOKE ALL ON FUNCTION ml.begin_training(text, jsonb, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ml.begin_training(text, jsonb, text) TO engineer;
