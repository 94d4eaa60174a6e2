CREATE OR REPLACE FUNCTION ingest.parse_time(raw text) RETURNS timestamptz
    LANGUAGE sql STABLE PARALLEL SAFE
    -- a SQL-standard body: names are resolved now, so it needs no search_path and is inlined into the decoders' queries
    RETURN CASE
        WHEN raw LIKE '____-__-__%' THEN
            -- a time without a zone is taken in the session's zone; ingest sessions run in UTC
            CASE WHEN pg_input_is_valid(raw, 'timestamp with time zone') THEN raw::timestamptz END
        WHEN length(raw) <= 20 AND pg_input_is_valid(raw, 'double precision') THEN
            CASE
                WHEN raw::float8 BETWEEN 1e8 AND 1e11 THEN to_timestamp(raw::float8)
                WHEN raw::float8 BETWEEN 1e11 AND 1e14 THEN
                    -- in two parts: a double cannot hold microseconds of today's epoch exactly, but it holds milliseconds
                    to_timestamp(floor(raw::float8 / 1000)) + (raw::float8 - 1000 * floor(raw::float8 / 1000)) * INTERVAL '1 ms'
            END
    END;
COMMENT ON FUNCTION ingest.parse_time(text) IS
    'ISO 8601, or seconds (1e8 to 1e11) or milliseconds (1e11 to 1e14) since 1970. NULL for everything else, words like "now" and "infinity" included. Never raises.';
REVOKE ALL ON FUNCTION ingest.parse_time(text) FROM PUBLIC;
