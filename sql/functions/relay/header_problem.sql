CREATE OR REPLACE FUNCTION relay.header_problem(headers jsonb) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE
        WHEN jsonb_typeof(headers) <> 'object' THEN 'headers must be an object'
        WHEN (SELECT count(*) FROM jsonb_object_keys(headers)) > 50 THEN 'at most 50 headers'
        ELSE (
            SELECT CASE
                WHEN h.name !~ '^[A-Za-z0-9!#$%&''*+.^_`|~-]+$'
                     OR length(h.name) > 256 THEN format('%s is no name of a header', to_jsonb(left(h.name, 64)))
                WHEN lower(h.name) = ANY ('{host,content-length,content-type,transfer-encoding,connection,keep-alive,'
                                          'te,trailer,upgrade,expect,http2-settings}')
                    OR lower(h.name) LIKE 'proxy-%'
                    THEN format('%s is set by the connection itself', h.name)
                WHEN jsonb_typeof(h.value) <> 'string' THEN format('%s must be a string', h.name)
                -- visible ASCII, blanks and tabs: what RFC 9110 calls a field value, without obs-text
                WHEN h.value #>> '{}' !~ '^[\x20-\x7e\x09]*$'
                     OR length(h.value #>> '{}') > 4000 THEN format('%s must be one line of at most 4,000 ASCII '
                                                                    'characters', h.name)
            END
            FROM jsonb_each(headers) AS h (name, value)
            ORDER BY 1 NULLS LAST
            LIMIT 1)
    END
$$;
COMMENT ON FUNCTION relay.header_problem(jsonb) IS
    'What is wrong with the headers of a channel ({name: value}), or NULL: names and values that HTTP carries on one '
    'line; not Host, Content-*, nor those that speak about the connection.';
REVOKE ALL ON FUNCTION relay.header_problem(jsonb) FROM PUBLIC;
