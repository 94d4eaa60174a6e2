CREATE OR REPLACE FUNCTION api.list_training_jobs(
    device_id text DEFAULT NULL, kind text DEFAULT NULL, status text DEFAULT NULL,
    "limit" integer DEFAULT 100, cursor text DEFAULT NULL
) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_limit integer := api.page_limit("limit");
    v_before bigint := ((api.decode_cursor(cursor, '{bigint}'))[1])::bigint;
    v_items jsonb;
    v_last bigint;
BEGIN
    SELECT jsonb_agg(api.training_json(p) ORDER BY p.id DESC), min(p.id) INTO v_items, v_last
    FROM (
        SELECT j.* FROM ml.training_job AS j
        WHERE (v_before IS NULL OR j.id < v_before)
            AND (list_training_jobs.device_id IS NULL OR j.spec ->> 'equipment_id' = list_training_jobs.device_id)
            AND (list_training_jobs.kind IS NULL OR j.kind = list_training_jobs.kind)
            AND (list_training_jobs.status IS NULL OR j.state = list_training_jobs.status)
        ORDER BY j.id DESC LIMIT v_limit
    ) AS p;
    RETURN jsonb_build_object('items', coalesce(v_items, '[]'),
        'next_cursor', CASE WHEN jsonb_array_length(v_items) = v_limit THEN api.encode_cursor(v_last::text) END);
END
$$;
COMMENT ON FUNCTION api.list_training_jobs(text, text, text, integer, text) IS 'Trainings, newest first.';
REVOKE ALL ON FUNCTION api.list_training_jobs(text, text, text, integer, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.list_training_jobs(text, text, text, integer, text) TO viewer;
