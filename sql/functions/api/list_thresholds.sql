CREATE OR REPLACE FUNCTION api.list_thresholds(
    device_id text DEFAULT NULL, current boolean DEFAULT false, "limit" integer DEFAULT 100
) RETURNS jsonb
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_limit integer := api.page_limit("limit");
BEGIN
    RETURN (
        SELECT jsonb_build_object('total', coalesce(max(x.total), 0), 'next_cursor', NULL, 'items',
            coalesce(jsonb_agg(api.threshold_json(x.v) ORDER BY (x.v).id DESC), '[]'))
        FROM (
            SELECT v, count(*) OVER () AS total
            FROM ml.threshold_version AS v
            WHERE (list_thresholds.device_id IS NULL OR v.equipment_id = list_thresholds.device_id)
              AND (list_thresholds.current IS NOT TRUE OR NOT EXISTS (
                  SELECT FROM ml.threshold_version AS n
                  WHERE n.equipment_id = v.equipment_id AND n.power = v.power AND n.bundle_kind = v.bundle_kind
                    AND n.version > v.version))
            ORDER BY v.id DESC LIMIT v_limit) AS x);
END
$$;
COMMENT ON FUNCTION api.list_thresholds(text, boolean, integer) IS
    'Changes of models'' thresholds, newest first, each with what it rests on; current: only those in force. Models that '
    'are not here are held against their bundles'' own thresholds.';
REVOKE ALL ON FUNCTION api.list_thresholds(text, boolean, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.list_thresholds(text, boolean, integer) TO viewer;
