CREATE OR REPLACE FUNCTION ml.version_key(version text) RETURNS bigint[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT coalesce(array_agg(left(m[1], 18)::bigint ORDER BY n), '{}')
    FROM regexp_matches(version, '\d+', 'g') WITH ORDINALITY AS g (m, n)
$$;
COMMENT ON FUNCTION ml.version_key(text) IS 'The numbers in a version''s name, for sorting: v1.10 comes after v1.9, 20250301 after 20241231.';
REVOKE ALL ON FUNCTION ml.version_key(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ml.version_key(text) TO viewer;
