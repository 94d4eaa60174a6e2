CREATE OR REPLACE FUNCTION report.quality_quarantine(
    "from" timestamptz, "to" timestamptz, machine text DEFAULT NULL, zone text DEFAULT NULL)
    RETURNS TABLE (reason text, topic text, messages bigint, waiting bigint, first_time timestamptz,
        last_time timestamptz)
    LANGUAGE sql STABLE SECURITY DEFINER ROWS 100
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT q.reason, left(q.topic, 200), sum(q.repeated)::bigint, coalesce(sum(q.repeated) FILTER (WHERE q.status = 'new'), 0)::bigint,
           min(q.received_at), max(q.received_at)
    FROM ingest.quarantine AS q
    WHERE q.received_at >= $1 AND q.received_at < $2
      AND ($3 IS NULL OR '/' || q.topic || '/' LIKE '%/' || replace(replace($3, '\', '\\'), '_', '\_') || '/%')
    GROUP BY q.reason, left(q.topic, 200)
    ORDER BY 3 DESC, 1, 2
$$;
COMMENT ON FUNCTION report.quality_quarantine(timestamptz, timestamptz, text, text) IS
    'Section: messages that could not be stored from … to (exclusive, by arrival), by reason (docs/errors.md) and topic, most first; waiting: neither replayed nor discarded yet. machine: whose topics name it.';
REVOKE ALL ON FUNCTION report.quality_quarantine(timestamptz, timestamptz, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION report.quality_quarantine(timestamptz, timestamptz, text, text) TO viewer;
