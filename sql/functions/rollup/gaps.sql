CREATE OR REPLACE FUNCTION rollup.gaps(p_heard bigint, p_minutes integer, p_longer_than integer) RETURNS int[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    -- the bits of the hour as text, its first minute last
    SELECT ARRAY[count(*) FILTER (WHERE length(z[1]) > p_longer_than), coalesce(max(length(z[1])), 0)]::int[]
    FROM regexp_matches(right(p_heard::bit(60)::text, p_minutes), '0+', 'g') AS z
$$;
COMMENT ON FUNCTION rollup.gaps(bigint, integer, integer) IS
    'Silent stretches in the first p_minutes of an hour (bit n: heard in minute n): how many are longer than so many minutes, and how long the longest is.';
REVOKE ALL ON FUNCTION rollup.gaps(bigint, integer, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rollup.gaps(bigint, integer, integer) TO viewer;
