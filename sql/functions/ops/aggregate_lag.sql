CREATE OR REPLACE FUNCTION ops.aggregate_lag()
    RETURNS TABLE (name text, watermark timestamptz, lag interval, allowed interval)
    LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 2
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    -- one query, its source depends on the edition: resolved when it runs
    c_watermark CONSTANT text := CASE ops.edition() WHEN 'apache'
        THEN 'SELECT c.view_schema::text AS schema, c.view_name::text AS name, c.watermark FROM compat.continuous_aggregate AS c'
        ELSE 'SELECT c.user_view_schema::text AS schema, c.user_view_name::text AS name,
                  coalesce(_timescaledb_functions.to_timestamp(_timescaledb_functions.cagg_watermark(c.mat_hypertable_id)), ''-infinity'') AS watermark
              FROM _timescaledb_catalog.continuous_agg AS c' END;
BEGIN
    RETURN QUERY EXECUTE format($sql$
        SELECT w.schema || '.' || w.name, w.watermark,
               -- before the first refresh (-infinity; on Community the first day that there is) or where that had old history
               -- only: since there is anything to refresh
               greatest(t.newest - greatest(w.watermark, t.began), INTERVAL '0'),
               (SELECT coalesce(max(x.high), 0) * INTERVAL '1 second' FROM alarm.system_condition AS x WHERE x.name = 'aggregate_stale')
                   + 2 * j.end_offset + 2 * j.schedule
        FROM (%s) AS w
        CROSS JOIN (SELECT max(l.time) FILTER (WHERE isfinite(l.time)) AS newest, (SELECT min(s.created_at) FROM plant.sensor AS s) AS began
                    FROM telemetry.latest AS l) AS t
        CROSS JOIN LATERAL (
            SELECT coalesce(max((j.config ->> 'end_offset')::interval), '0') AS end_offset, coalesce(max(j.schedule_interval), '0') AS schedule
            FROM ops.timescale_job AS j
            WHERE j.relation_schema = w.schema AND j.relation_name = w.name AND j.proc_name = 'policy_refresh_continuous_aggregate'
        ) AS j
        WHERE w.schema = 'rollup' AND t.newest IS NOT NULL
        ORDER BY 1 $sql$, c_watermark);
END
$$;
COMMENT ON FUNCTION ops.aggregate_lag() IS
    'How far the finished buckets of each aggregate lie behind the newest live point, and how far they may: the end_offset and schedule of its policy twice (a bucket, and a run), and the limit of the system condition aggregate_stale. What lags is still right, but every query computes it from the points.';
REVOKE ALL ON FUNCTION ops.aggregate_lag() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ops.aggregate_lag() TO thin, viewer;
