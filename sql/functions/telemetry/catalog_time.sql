CREATE OR REPLACE FUNCTION telemetry.catalog_time(microseconds bigint) RETURNS timestamptz
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
-- the least and the greatest number stand for no bound
RETURN timestamptz '1970-01-01 00:00Z'
    + greatest(least(microseconds, 253402300799000000), -62135596800000000) / 1e6 * INTERVAL '1 second';
COMMENT ON FUNCTION telemetry.catalog_time(bigint) IS
    'A moment as TimescaleDB''s catalog has it (microseconds since 1970), from the year 1 to the year 9999.';
REVOKE ALL ON FUNCTION telemetry.catalog_time(bigint) FROM PUBLIC;
