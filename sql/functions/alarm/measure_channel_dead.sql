CREATE OR REPLACE FUNCTION alarm.measure_channel_dead(c alarm.system_condition, "now" timestamptz)
    RETURNS TABLE (object text, value float8, detail jsonb)
    LANGUAGE sql STABLE SECURITY DEFINER ROWS 2
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT k.name, count(*)::float8,
           jsonb_build_object('channel', k.name, 'kind', k.kind, 'status',
                              (array_agg(d.last_status ORDER BY d.id DESC))[1],
               'error', (array_agg(left(d.last_error, 500) ORDER BY d.id DESC))[1])
    FROM relay.channel AS k
    CROSS JOIN LATERAL (
        -- from the newest back by the index of channel and id: seldom far
        SELECT coalesce((SELECT x.id FROM relay.delivery AS x WHERE x.channel_id = k.id AND x.status = 'delivered'
                         ORDER BY x.channel_id DESC, x.id DESC LIMIT 1), 0) AS id
    ) AS good
    CROSS JOIN LATERAL (
        SELECT x.* FROM relay.delivery AS x WHERE x.channel_id = k.id AND x.id > good.id AND x.status = 'dead'
        ORDER BY x.id OFFSET 0
    ) AS d
    WHERE k.enabled
    GROUP BY k.id
$$;
COMMENT ON FUNCTION alarm.measure_channel_dead(alarm.system_condition, timestamptz) IS
    'Notifications that a channel in use gave up since the last one that arrived.';
REVOKE ALL ON FUNCTION alarm.measure_channel_dead(alarm.system_condition, timestamptz) FROM PUBLIC;
