CREATE OR REPLACE FUNCTION telemetry.longest_width(usual bigint) RETURNS bigint
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    -- usual × 2ⁿ: blocks of different widths then lie in one another and never overlap in part
    SELECT $1 * (2 ^ greatest(0, floor(log(2, greatest(1, extract(epoch FROM least(
        ops.setting_interval('telemetry.history_chunk_longest'),
        ops.setting_interval('telemetry.raw_retention') / 10))::numeric * 1000000 / $1)))))::bigint
$$;
COMMENT ON FUNCTION telemetry.longest_width(bigint) IS
    'How wide (microseconds) a chunk of history may be where the usual one is usual wide: a power of two of these, at '
    'most the setting telemetry.history_chunk_longest and a tenth of the raw retention, so that this drops what it '
    'says.';
REVOKE ALL ON FUNCTION telemetry.longest_width(bigint) FROM PUBLIC;
