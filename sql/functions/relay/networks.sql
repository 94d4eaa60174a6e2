CREATE OR REPLACE FUNCTION relay.networks(list text) RETURNS SETOF inet
    LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 20
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT n::inet FROM regexp_split_to_table(list, '[[:space:],]+') AS n WHERE n <> ''
$$;
COMMENT ON FUNCTION relay.networks(text) IS
    'A list of networks as settings hold it, between blanks or commas: 10.0.0.0/8 ::1/128.';
REVOKE ALL ON FUNCTION relay.networks(text) FROM PUBLIC;
