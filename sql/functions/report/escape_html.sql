CREATE OR REPLACE FUNCTION report.escape_html(plain text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT replace(replace(replace(replace(replace(relay.one_line(plain),
        '&', '&amp;'), '<', '&lt;'), '>', '&gt;'), '"', '&quot;'), '''', '&#39;')
$$;
COMMENT ON FUNCTION report.escape_html(text) IS
    'Text as it may stand in HTML, in an element or an attribute: nothing in it is markup, control characters are blanks.';
REVOKE ALL ON FUNCTION report.escape_html(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION report.escape_html(text) TO viewer;
