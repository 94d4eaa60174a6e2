CREATE OR REPLACE FUNCTION api.training_json(job ml.training_job) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT jsonb_build_object(
        'job_id', job.id, 'device_id', job.spec ->> 'equipment_id', 'equipment_type', job.spec ->> 'equipment_type',
        'model_type', coalesce(job.spec ->> 'model_type', job.kind), 'kind', job.kind, 'status', job.state,
        'accuracy', ml.finite(job.metrics -> 'accuracy'), 'precision', ml.finite(job.metrics -> 'precision'),
        'recall', ml.finite(job.metrics -> 'recall'), 'f1_score', ml.finite(job.metrics -> 'f1_score'),
        'training_time', coalesce(ml.finite(job.metrics -> 'training_time'),
            CASE WHEN job.state = 'succeeded' THEN extract(epoch FROM job.finished_at - job.started_at)::float8 END),
        'message', CASE job.state
            WHEN 'receiving' THEN 'its files are arriving'
            WHEN 'queued' THEN CASE WHEN job.error IS NULL THEN 'waits for a worker'
                                    ELSE 'waits to be tried again: ' || job.error END
            WHEN 'running' THEN CASE WHEN job.cancel_requested THEN 'is to stop'
                                     ELSE format('is being trained, %s %%', floor(100 * job.progress)) END
            WHEN 'succeeded' THEN concat_ws(' ', 'is trained', job.bundle)
            WHEN 'failed' THEN job.error
            ELSE 'was cancelled' END,
        'progress', job.progress, 'location', '/api/v1/training/jobs/' || job.id,
        'bundle', CASE WHEN job.state = 'succeeded' THEN job.bundle END, 'metrics', job.metrics, 'error', job.error,
        'attempts', job.attempts, 'worker', job.worker, 'cancel_requested', job.cancel_requested,
        'created_at', api.iso(job.created_at), 'created_by', job.created_by, 'started_at', api.iso(job.started_at),
        'finished_at', api.iso(job.finished_at))
$$;
COMMENT ON FUNCTION api.training_json(ml.training_job) IS
    'A training as HTTP answers it (component TrainingJob): the members that clients of the original system read, and '
    'what there is beside them. Scores are null while there are none.';
REVOKE ALL ON FUNCTION api.training_json(ml.training_job) FROM PUBLIC;
