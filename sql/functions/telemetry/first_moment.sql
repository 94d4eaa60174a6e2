-- AT TIME ZONE takes the second of two hours that the clock shows alike. Where clocks go back over midnight (Havana, Amman) a day would
-- begin an hour after its first point: so the offset of the day before is tried, too.
CREATE OR REPLACE FUNCTION telemetry.first_moment(local timestamp, zone text) RETURNS timestamptz
    LANGUAGE sql STABLE STRICT PARALLEL SAFE
RETURN (
    SELECT CASE WHEN e.at < n.at AND e.at AT TIME ZONE zone = local THEN e.at ELSE n.at END
    FROM (SELECT local AT TIME ZONE zone AS at) AS n
    CROSS JOIN LATERAL (
        SELECT (local - ((n.at - INTERVAL '24 hours') AT TIME ZONE zone - (n.at - INTERVAL '24 hours') AT TIME ZONE 'UTC')) AT TIME ZONE 'UTC' AS at
    ) AS e);
COMMENT ON FUNCTION telemetry.first_moment(timestamp, text) IS
    'The first moment at which the clocks of a zone show a local time, or, where they skip it, the moment at which they do.';
REVOKE ALL ON FUNCTION telemetry.first_moment(timestamp, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION telemetry.first_moment(timestamp, text) TO viewer;
