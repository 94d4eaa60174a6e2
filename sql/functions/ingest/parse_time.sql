CREATE OR REPLACE FUNCTION ingest.parse_time(raw text) RETURNS timestamptz
    LANGUAGE sql STABLE PARALLEL SAFE
    -- a SQL-standard body: names are resolved now, so it needs no search_path and is inlined into the decoders' queries
    RETURN CASE
        WHEN raw LIKE '____-__-__%' THEN
            -- a time without a zone is taken in the session's zone; ingest sessions run in UTC
            -- An offset is written in digits: a zone's name ("A-1" is one, too) costs the server 24 kB for as long as
            -- the session lives, and there are as many as somebody cares to make up.
            CASE WHEN translate(left(raw, 16), 't123456789', 'T000000000') IN ('0000-00-00T00:00', '0000-00-00 00:00',
                 '0000-00-00')
                      AND translate(rtrim(substr(raw, 17), 'Zz'), '0123456789:.+- ', '') = ''
                      AND pg_input_is_valid(raw, 'timestamp with time zone') THEN raw::timestamptz END
        WHEN length(raw) <= 20 AND pg_input_is_valid(raw, 'double precision') THEN
            CASE
                WHEN raw::float8 BETWEEN 1e8 AND 1e11 THEN to_timestamp(raw::float8)
                WHEN raw::float8 BETWEEN 1e11 AND 1e14 THEN
                    -- in two parts: a double cannot hold microseconds of today's epoch exactly, but it holds
                    -- milliseconds
                    to_timestamp(floor(raw::float8 / 1000))
                        + (raw::float8 - 1000 * floor(raw::float8 / 1000)) * INTERVAL '1 ms'
            END
    END;
COMMENT ON FUNCTION ingest.parse_time(text) IS
    'ISO 8601 (an offset, no zone''s name), or seconds (1e8 to 1e11) or milliseconds (1e11 to 1e14) since 1970. NULL '
    'for everything else, words like "now" and "infinity" included. Never raises.';
REVOKE ALL ON FUNCTION ingest.parse_time(text) FROM PUBLIC;
