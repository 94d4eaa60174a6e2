CREATE OR REPLACE FUNCTION api.list_rul_health("limit" integer DEFAULT 1000, page integer DEFAULT 1) RETURNS jsonb
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_limit integer := api.page_limit("limit");
BEGIN
    IF page IS NULL OR page NOT BETWEEN 1 AND 100000 THEN
        RAISE EXCEPTION USING ERRCODE = 'MW422', COLUMN = 'page', MESSAGE = 'page must be 1 or more';
    END IF;
    RETURN (
        WITH life AS MATERIALIZED (
            SELECT c.*
            FROM report.current_life AS c
            JOIN plant.equipment AS e ON e.id = c.equipment_id AND e.status <> 'retired'
        )
        SELECT jsonb_build_object(
            'devices', coalesce((
                SELECT jsonb_agg(api.rul_health_json(p.equipment_id, p.time, p.rul_hours, p.rul_low_hours,
                                                     p.rul_high_hours, p.confidence,
                    p.method, p.model_version, p.health_status, p.basis) ORDER BY p.rul_hours, p.equipment_id)
                FROM (SELECT l.* FROM life AS l ORDER BY l.rul_hours, l.equipment_id
                      LIMIT v_limit OFFSET (page - 1)::bigint * v_limit) AS p), '[]'),
            'total_devices', count(*), 'healthy_devices', count(*) FILTER (WHERE l.health_status = 'good'),
            'warning_devices', count(*) FILTER (WHERE l.health_status = 'warning'),
            'critical_devices', count(*) FILTER (WHERE l.health_status = 'critical'),
            'page', page, 'size', v_limit)
        FROM life AS l);
END
$$;
COMMENT ON FUNCTION api.list_rul_health(integer, integer) IS
    'The machines that have an estimate of their remaining life, the one with least left first, and how many are well. '
    'Retired ones are left out.';
REVOKE ALL ON FUNCTION api.list_rul_health(integer, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.list_rul_health(integer, integer) TO viewer;
