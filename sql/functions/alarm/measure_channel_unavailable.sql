CREATE OR REPLACE FUNCTION alarm.measure_channel_unavailable(c alarm.system_condition, "now" timestamptz)
    RETURNS TABLE (object text, value float8, detail jsonb)
    LANGUAGE sql STABLE SECURITY DEFINER ROWS 2
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT k.name, 1::float8, jsonb_build_object('channel', k.name, 'kind', k.kind)
    FROM relay.channel AS k
    WHERE k.enabled AND NOT k.available
      -- one at a time: such channels are few
      AND ((SELECT true FROM relay.delivery AS d WHERE d.channel_id = k.id
            AND d.status IN ('delivered', 'pending', 'sending')
            ORDER BY d.channel_id, d.id LIMIT 1)
           OR (SELECT true FROM alarm.told AS t WHERE t.channel_id = k.id LIMIT 1))
$$;
COMMENT ON FUNCTION alarm.measure_channel_unavailable(alarm.system_condition, timestamptz) IS
    '1 for a channel in use that had worked, or from which something waits to be sent, and whose variables no thin has '
    'any more.';
REVOKE ALL ON FUNCTION alarm.measure_channel_unavailable(alarm.system_condition, timestamptz) FROM PUBLIC;
