CREATE VIEW report.ingestion_per_minute AS
SELECT m.bucket, sum(m.count)::bigint AS points, count(*) AS sensors
FROM rollup.reading_1m AS m
GROUP BY m.bucket;
COMMENT ON VIEW report.ingestion_per_minute IS
    'Stored points and sensors heard per minute of measurement (not of arrival). Filter by bucket: without a filter it reads the whole aggregate.';
GRANT SELECT ON report.ingestion_per_minute TO viewer;

CREATE VIEW report.quarantine_summary AS
SELECT q.topic, q.reason, q.status, sum(q.repeated)::bigint AS messages, min(q.received_at) AS first_received_at, max(q.received_at) AS last_received_at
FROM ingest.quarantine AS q
GROUP BY q.topic, q.reason, q.status;
COMMENT ON VIEW report.quarantine_summary IS
    'Messages that could not be stored, counted by topic, reason and status. Payloads: ingest.quarantine (engineers), ingest.replay() decodes them again.';
GRANT SELECT ON report.quarantine_summary TO viewer;
