CREATE OR REPLACE FUNCTION api.list_challenger_reviews(
    equipment_id text DEFAULT NULL, "limit" integer DEFAULT 100, cursor text DEFAULT NULL
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
    SELECT jsonb_agg(api.challenger_review_json(p) ORDER BY p.id DESC), min(p.id) INTO v_items, v_last
    FROM (
        SELECT r.* FROM ml.challenger_review AS r
        WHERE (v_before IS NULL OR r.id < v_before)
            AND (list_challenger_reviews.equipment_id IS NULL OR r.equipment_id = list_challenger_reviews.equipment_id)
        ORDER BY r.id DESC LIMIT v_limit
    ) AS p;
    RETURN jsonb_build_object('items', coalesce(v_items, '[]'),
        'next_cursor', CASE WHEN jsonb_array_length(v_items) = v_limit THEN api.encode_cursor(v_last::text) END);
END
$$;
COMMENT ON FUNCTION api.list_challenger_reviews(text, integer, text) IS
    'Reviews of challengers, newest first: the last of each pair, and each that led to a promotion.';
REVOKE ALL ON FUNCTION api.list_challenger_reviews(text, integer, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.list_challenger_reviews(text, integer, text) TO viewer;
