CREATE OR REPLACE FUNCTION telemetry.history_block(at bigint, width bigint, OUT begins bigint, OUT ends bigint)
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    -- % keeps the sign of the dividend
    SELECT $1 - (($1 % $2) + $2) % $2, $1 - (($1 % $2) + $2) % $2 + $2
$$;
COMMENT ON FUNCTION telemetry.history_block(bigint, bigint) IS
    'The chunk of this width that TimescaleDB would make for a point (microseconds since 1970, also before): from '
    'begins to ends (exclusive), a multiple of the width.';
REVOKE ALL ON FUNCTION telemetry.history_block(bigint, bigint) FROM PUBLIC;
