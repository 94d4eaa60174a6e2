CREATE OR REPLACE FUNCTION api.encode_cursor(VARIADIC sort_key text[]) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT rtrim(translate(encode(convert_to(to_json(sort_key)::text, 'UTF8'), 'base64'), E'+/\n', '-_'), '=')
$$;
COMMENT ON FUNCTION api.encode_cursor(text[]) IS
    'The sort key of a page''s last row as an opaque token for the next page. Clients must not look inside.';
REVOKE ALL ON FUNCTION api.encode_cursor(text[]) FROM PUBLIC;
