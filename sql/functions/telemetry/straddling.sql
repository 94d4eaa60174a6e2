CREATE OR REPLACE FUNCTION telemetry.straddling(width interval, unit text, "from" timestamptz, "to" timestamptz, zone text) RETURNS tstzmultirange
    LANGUAGE sql STABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    -- where a bucket begins
    WITH edge AS (
        SELECT e.at, lead(e.at) OVER (ORDER BY e.at) AS next
        FROM generate_series(date_trunc($2, $3 AT TIME ZONE $5), date_trunc($2, $4 AT TIME ZONE $5) + ('1 ' || $2)::interval, ('1 ' || $2)::interval) AS l
        CROSS JOIN LATERAL (SELECT telemetry.first_moment(l, $5) AS at) AS e
    ), span (at) AS (
        SELECT date_bin($1, e.at, '2000-01-01 00:00Z') FROM edge AS e WHERE e.at <> date_bin($1, e.at, '2000-01-01 00:00Z')
        UNION
        -- and where clocks are changed: found by bucket, then by day, then by span
        SELECT s.at
        FROM edge AS e
        CROSS JOIN LATERAL generate_series(date_bin(INTERVAL '1 day', e.at, '2000-01-01 00:00Z'), e.next, INTERVAL '1 day') AS d (at)
        CROSS JOIN LATERAL generate_series(d.at, d.at + INTERVAL '23:59:59', $1) AS s (at)
        WHERE (e.at AT TIME ZONE $5) - (e.next AT TIME ZONE $5) <> (e.at AT TIME ZONE 'UTC') - (e.next AT TIME ZONE 'UTC')
          AND (d.at AT TIME ZONE $5) - (d.at AT TIME ZONE 'UTC')
              <> ((d.at + INTERVAL '24 hours') AT TIME ZONE $5) - ((d.at + INTERVAL '24 hours') AT TIME ZONE 'UTC')
          AND (date_trunc($2, s.at AT TIME ZONE $5) <> date_trunc($2, (s.at + $1 - INTERVAL '1 microsecond') AT TIME ZONE $5)
              OR (s.at + $1 - INTERVAL '1 microsecond') AT TIME ZONE $5 - s.at AT TIME ZONE $5 <> $1 - INTERVAL '1 microsecond')
    )
    SELECT coalesce(range_agg(tstzrange(s.at, s.at + $1)), '{}') FROM span AS s
$$;
COMMENT ON FUNCTION telemetry.straddling(interval, text, timestamptz, timestamptz, text) IS
    'Which hours (width 1 hour) or minutes of UTC do not lie in one day, week or month (unit) of a zone: those in which one begins, as in Asia/Kolkata, and those in which clocks are changed. from … to is at most a page of buckets.';
REVOKE ALL ON FUNCTION telemetry.straddling(interval, text, timestamptz, timestamptz, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION telemetry.straddling(interval, text, timestamptz, timestamptz, text) TO viewer;
