CREATE OR REPLACE FUNCTION ml.finish_training(id bigint, worker text, bundle text, metrics jsonb, card jsonb)
    RETURNS boolean
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    c_largest CONSTANT integer := 262144; -- bytes
    v_job ml.training_job;
BEGIN
    IF finish_training.bundle !~ '^[^/[:cntrl:].][^/[:cntrl:]]{0,63}(/[^/[:cntrl:].][^/[:cntrl:]]{0,63}){2}$' THEN
        PERFORM alarm.refuse('MW422', 'bundle',
                             'bundle must be equipment/power/version, as it lies under SERVE_ML_ROOT');
    ELSIF jsonb_typeof(finish_training.metrics) IS DISTINCT FROM 'object'
        OR octet_length(finish_training.metrics::text) > c_largest THEN
        PERFORM alarm.refuse('MW422', 'metrics', format('metrics must be an object of at most %s bytes', c_largest));
    ELSIF jsonb_typeof(finish_training.card) IS DISTINCT FROM 'object'
        OR octet_length(finish_training.card::text) > c_largest THEN
        PERFORM alarm.refuse('MW422', 'card', format('card must be an object of at most %s bytes', c_largest));
    END IF;
    SELECT j.* INTO v_job FROM ml.training_job AS j
    WHERE j.id = finish_training.id AND j.worker = finish_training.worker AND j.state = 'running'
    FOR UPDATE;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    UPDATE ml.training_job AS j
    SET state = CASE WHEN v_job.cancel_requested THEN 'cancelled' ELSE 'succeeded' END,
        finished_at = clock_timestamp(), touched_at = clock_timestamp(), lease_until = NULL, error = NULL,
        progress = CASE WHEN v_job.cancel_requested THEN j.progress ELSE 1 END,
        bundle = CASE WHEN v_job.cancel_requested THEN j.bundle ELSE finish_training.bundle END,
        metrics = CASE WHEN NOT v_job.cancel_requested THEN finish_training.metrics END,
        card = CASE WHEN NOT v_job.cancel_requested THEN finish_training.card END,
        log = ml.training_log_tail(j.log, CASE WHEN v_job.cancel_requested THEN 'cancelled' ELSE 'done' END)
    WHERE j.id = v_job.id;
    IF v_job.cancel_requested THEN
        RETURN false;
    END IF;
    -- thin reads its folder by itself every so often; whoever has it already gets its place now
    PERFORM ml.place_trained();
    RETURN true;
END
$$;
COMMENT ON FUNCTION ml.finish_training(bigint, text, text, jsonb, jsonb) IS
    'A worker is done: its bundle lies whole under SERVE_ML_ROOT as equipment/power/version (NULL: this kind makes '
    'none). metrics as far as they are known: accuracy, precision, recall, f1_score, training_time (s), …. false: the '
    'job is not this worker''s any more, or was cancelled: it deletes its bundle. MW422 bundle, metrics, card.';
REVOKE ALL ON FUNCTION ml.finish_training(bigint, text, text, jsonb, jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ml.finish_training(bigint, text, text, jsonb, jsonb) TO trainer;
