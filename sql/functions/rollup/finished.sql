CREATE OR REPLACE FUNCTION rollup.finished(p_view text) RETURNS regclass
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT format('%I.%I', c.materialization_schema, c.materialization_name)::regclass
    FROM ops.continuous_aggregate AS c WHERE c.view_schema = 'rollup' AND c.view_name = p_view
$$;
COMMENT ON FUNCTION rollup.finished(text) IS 'The table that holds the finished buckets of reading_1m or reading_1h: compat''s, or TimescaleDB''s own.';
REVOKE ALL ON FUNCTION rollup.finished(text) FROM PUBLIC;
