CREATE OR REPLACE FUNCTION api.list_anomaly_learning(device_id text DEFAULT NULL, "limit" integer DEFAULT 1000)
    RETURNS jsonb
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_limit integer := api.page_limit("limit");
BEGIN
    RETURN (
        SELECT jsonb_build_object('total', (
                   SELECT count(*) FROM alarm.multivariate_status AS c
                   WHERE list_anomaly_learning.device_id IS NULL
                      OR c.equipment_id = list_anomaly_learning.device_id), 'next_cursor', NULL, 'items',
            coalesce(jsonb_agg(jsonb_build_object(
                'device_id', s.equipment_id, 'state', s.state, 'is_judged', s.is_judged, 'signals', to_jsonb(s.signals),
                'samples', s.samples, 'samples_needed', s.samples_needed, 'since', api.iso(s.since),
                'why_not', s.why_not, 'shrinkage', s.shrinkage, 't2_limit', s.t2_limit, 'q_limit', s.q_limit,
                'learned_from', api.iso(s.learned_from), 'learned_to', api.iso(s.learned_to),
                'learned_at', api.iso(s.learned_at)) ORDER BY s.equipment_id, s.state), '[]'))
        FROM (
            SELECT x.* FROM alarm.multivariate_status AS x
            WHERE list_anomaly_learning.device_id IS NULL OR x.equipment_id = list_anomaly_learning.device_id
            ORDER BY x.equipment_id, x.state LIMIT v_limit) AS s);
END
$$;
COMMENT ON FUNCTION api.list_anomaly_learning(text, integer) IS
    'Per machine and operating state whether its signals together are judged (T² and Q), by what; or how far it has '
    'learned, and why not farther: maintenance, a new state.';
REVOKE ALL ON FUNCTION api.list_anomaly_learning(text, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.list_anomaly_learning(text, integer) TO viewer;
