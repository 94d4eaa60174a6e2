CREATE OR REPLACE FUNCTION telemetry.whole(width interval, ranges tstzmultirange) RETURNS tstzmultirange
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT coalesce(range_agg(tstzrange(w.from, w.to)) FILTER (WHERE w.from < w.to), '{}')
    FROM unnest($2) AS r
    CROSS JOIN LATERAL (
        SELECT date_bin($1, lower(r) + $1 - INTERVAL '1 microsecond', '2000-01-01 00:00Z'), date_bin($1, upper(r), '2000-01-01 00:00Z')
    ) AS w ("from", "to")
$$;
COMMENT ON FUNCTION telemetry.whole(interval, tstzmultirange) IS 'The whole minutes or hours (width) of UTC that lie in ranges.';
REVOKE ALL ON FUNCTION telemetry.whole(interval, tstzmultirange) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION telemetry.whole(interval, tstzmultirange) TO viewer;
