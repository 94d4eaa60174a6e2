CREATE OR REPLACE FUNCTION ml.queue_training(kind text, spec jsonb, actor text DEFAULT NULL) RETURNS bigint
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN ml.add_training(queue_training.kind, ml.training_spec(queue_training.kind, queue_training.spec), 'queued',
                           auth.acting(queue_training.actor));
END
$$;
COMMENT ON FUNCTION ml.queue_training(text, jsonb, text) IS
    'Queues a training from stored data; spec as ml.training_kind.spec of the kind says. Returns the job''s id '
    '(ml.training_job). MW422 kind or a member of spec; MW404 equipment_id, source_version; MW409 model_version; MW429 '
    'where too many wait (setting ml.training_queue).';
REVOKE ALL ON FUNCTION ml.queue_training(text, jsonb, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ml.queue_training(text, jsonb, text) TO engineer;
