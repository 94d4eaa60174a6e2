CREATE OR REPLACE FUNCTION ingest.has_bulk(payload text[]) RETURNS boolean
    LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_bytes integer := ops.setting_int('ingest.bulk_bytes');
BEGIN
    -- what the lane itself decodes is not put aside again
    RETURN EXISTS (SELECT FROM unnest(payload) AS p WHERE octet_length(p) > v_bytes)
        AND current_setting('millwright.put_aside', true) IS DISTINCT FROM 'off';
END
$$;
COMMENT ON FUNCTION ingest.has_bulk(text[]) IS
    'Whether a batch has a payload of more than the setting ingest.bulk_bytes, so that ingest.put_aside has something '
    'to look at.';
REVOKE ALL ON FUNCTION ingest.has_bulk(text[]) FROM PUBLIC;
