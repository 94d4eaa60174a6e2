CREATE OR REPLACE FUNCTION api.get_training_job(id bigint) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT api.training_json(j) || jsonb_build_object('spec', j.spec, 'card', j.card, 'log', j.log, 'files', (
        SELECT coalesce(jsonb_agg(jsonb_build_object(
            'role', u.role, 'name', u.name, 'form', u.form, 'description', u.description, 'columns', u.columns,
            'rows', u.rows, 'seconds', e.t - b.t,
            'sample_rate_hz', CASE WHEN e.t > b.t THEN (u.rows - 1) / (e.t - b.t) END) ORDER BY u.file), '[]')
        FROM ml.training_upload AS u
        LEFT JOIN ml.training_sample AS b ON b.upload_id = u.id AND b.row = 1
        LEFT JOIN ml.training_sample AS e ON e.upload_id = u.id AND e.row = u.rows
        WHERE u.job_id = j.id))
    FROM ml.training_job AS j WHERE j.id = get_training_job.id
$$;
COMMENT ON FUNCTION api.get_training_job(bigint) IS
    'One training with its spec, its model card, its log and its files, each of whose columns is explained.';
REVOKE ALL ON FUNCTION api.get_training_job(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.get_training_job(bigint) TO viewer;
