CREATE OR REPLACE FUNCTION relay.slack_text(plain text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    -- cut before it is escaped: a cut must not leave half an entity
    SELECT replace(replace(replace(left(plain, 3000), '&', '&amp;'), '<', '&lt;'), '>', '&gt;')
$$;
COMMENT ON FUNCTION relay.slack_text(text) IS
    'Plain text as Slack wants it: the three characters that begin mentions, links and entities are escaped, so that '
    'no datum can be one. At most 3,000 characters of it.';
REVOKE ALL ON FUNCTION relay.slack_text(text) FROM PUBLIC;
