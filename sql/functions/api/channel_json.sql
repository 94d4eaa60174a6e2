CREATE OR REPLACE FUNCTION api.channel_json(p_channel relay.channel) RETURNS jsonb
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp SET intervalstyle = 'iso_8601'
AS $$
    -- a webhook's path and headers are its password: enough is shown to recognise it
    SELECT to_jsonb(p_channel) || jsonb_build_object(
        'target', CASE WHEN p_channel.target ~ '^https?://'
            THEN regexp_replace(p_channel.target, '^(https?://)([^/?#]*@)?([^/?#]*).*$', '\1\3/…') ELSE p_channel.target END,
        'headers', (SELECT coalesce(jsonb_object_agg(h, '…'), '{}') FROM jsonb_object_keys(p_channel.headers) AS h))
$$;
COMMENT ON FUNCTION api.channel_json(relay.channel) IS 'A channel as clients see it: the path of an address and the values of headers are left out.';
REVOKE ALL ON FUNCTION api.channel_json(relay.channel) FROM PUBLIC;
