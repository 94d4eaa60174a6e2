CREATE OR REPLACE FUNCTION ml.claim_training(worker text, kinds text[])
    RETURNS TABLE (id bigint, kind text, spec jsonb, attempt integer, lease_seconds integer)
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER ROWS 1
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    v_lease interval := ops.setting_interval('ml.training_lease');
BEGIN
    IF (length(claim_training.worker) BETWEEN 1 AND 200) IS NOT TRUE THEN
        PERFORM alarm.refuse('MW422', 'worker', 'worker must have 1 to 200 characters');
    END IF;
    PERFORM ml.sweep_training();
    RETURN QUERY
    UPDATE ml.training_job AS j
    SET state = 'running', worker = claim_training.worker, attempts = j.attempts + 1, progress = 0, error = NULL,
        started_at = clock_timestamp(), touched_at = clock_timestamp(), lease_until = clock_timestamp() + v_lease,
        log = ml.training_log_tail(j.log, CASE WHEN j.worker IS NULL THEN format('taken by %s', claim_training.worker)
            ELSE format('taken by %s, attempt %s', claim_training.worker, j.attempts + 1) END)
    WHERE j.id = (
        SELECT q.id FROM ml.training_job AS q
        WHERE q.kind = ANY (claim_training.kinds) AND q.state IN ('queued', 'running')
          AND (q.state = 'queued' AND q.not_before <= clock_timestamp() OR q.lease_until < clock_timestamp())
        ORDER BY q.id
        LIMIT 1
        FOR UPDATE SKIP LOCKED)
    RETURNING j.id, j.kind, j.spec || jsonb_build_object('uploads', (
            SELECT coalesce(jsonb_agg(jsonb_build_object('id', u.id, 'role', u.role, 'name', u.name, 'form', u.form,
                'columns', u.columns, 'rows', u.rows) ORDER BY u.file), '[]')
            FROM ml.training_upload AS u WHERE u.job_id = j.id)),
        j.attempts, ceil(extract(epoch FROM v_lease))::integer;
END
$$;
COMMENT ON FUNCTION ml.claim_training(text, text[]) IS
    'The next job of these kinds for a worker, at most one row: the oldest that waits or whose worker''s lease ended. '
    'spec is the job''s, with uploads [{id, role, name, form, columns, rows}] (ml.training_upload_rows). It is the '
    'worker''s for lease_seconds from now, and again from each ml.beat_training. Two workers never get the same one. '
    'MW422 worker.';
REVOKE ALL ON FUNCTION ml.claim_training(text, text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ml.claim_training(text, text[]) TO trainer;
