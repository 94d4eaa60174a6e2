-- The border between finished buckets and the open tail, as a constant of the plan.
--
-- It must be a constant when a query is planned: then chunks are excluded, row counts are estimated and the tail is an index
-- range. (STABLE would be called for every row of a bitmap recheck; a scalar subquery hides the value from the planner.)
-- So it is declared IMMUTABLE although it reads a table. That is sound for two reasons:
--  * it reads with the snapshot of the query that is being planned, never a newer one, and any older watermark
--    gives the same rows (more of them from the source);
--  * each view calls it through a one-line SQL function of its own. The planner inlines that and remembers the dependency, and
--    compat.materialize replaces it whenever the watermark moves: cached plans are made anew, by PostgreSQL's own means.
CREATE OR REPLACE FUNCTION compat.read_watermark(p_continuous_aggregate_id int)
RETURNS timestamptz
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN (SELECT watermark FROM compat.continuous_aggregate WHERE continuous_aggregate_id = p_continuous_aggregate_id);
END
$$;
COMMENT ON FUNCTION compat.read_watermark(int) IS 'End of the finished buckets of a continuous aggregate. Called by the watermark_N functions, which its view calls.';
REVOKE ALL ON FUNCTION compat.read_watermark(int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION compat.read_watermark(int) TO anonymous, viewer, thin, millwright;

-- SQL-standard body: parsed here, so the caller's search path plays no part; a SET clause would forbid inlining.
CREATE OR REPLACE FUNCTION compat.define_watermark(p_continuous_aggregate_id int)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    EXECUTE format('CREATE OR REPLACE FUNCTION compat.watermark_%s() RETURNS timestamptz
        LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN compat.read_watermark(%s)',
        p_continuous_aggregate_id, p_continuous_aggregate_id);
END
$$;
COMMENT ON FUNCTION compat.define_watermark(int) IS 'Creates or replaces a view''s watermark function; replacing it makes cached plans over the view be planned again.';
REVOKE ALL ON FUNCTION compat.define_watermark(int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION compat.define_watermark(int) TO millwright;
