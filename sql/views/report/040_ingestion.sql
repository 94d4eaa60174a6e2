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

CREATE VIEW report.no_value AS
SELECT s.equipment_id, s.name AS sensor, s.type AS sensor_type, c.messages, c.first_time, c.last_time, c.last_value, s.unit, s.id AS sensor_id
FROM ingest.no_value_seen AS c
JOIN plant.sensor AS s ON s.id = c.sensor_id;
COMMENT ON VIEW report.no_value IS
    'Sensors that said that they have no value (ingest.no_value lists which numbers mean that): how often, from when to when, and what they sent last.';
GRANT SELECT ON report.no_value TO viewer;

CREATE VIEW report.clock AS
SELECT c.equipment_id, e.name AS equipment_name, e.location, extract(epoch FROM c.clock_offset)::float8 AS offset_seconds,
       c.wrong_since IS NOT NULL AS is_wrong, c.wrong_since, c.measured_at, c.historical, c.unjudged, c.disowned, c.stepped_at
FROM telemetry.clock AS c
JOIN plant.equipment AS e ON e.id = c.equipment_id;
COMMENT ON VIEW report.clock IS
    'How far each machine''s clock is ahead of ours (negative: behind, or its points take so long), whether that is beyond the limit of the system condition clock, and what it cost: points that came too late for live alarms (historical), that no rule could judge any more (unjudged), or that lay ahead of a clock that was put back (disowned).';
GRANT SELECT ON report.clock TO viewer;

CREATE VIEW report.same_time AS
SELECT s.equipment_id, s.name AS sensor, s.type AS sensor_type, c.kept, c.replaced, c.first_time, c.last_time, s.id AS sensor_id
FROM ingest.same_time_seen AS c
JOIN plant.sensor AS s ON s.id = c.sensor_id;
COMMENT ON VIEW report.same_time IS
    'Sensors that had two different values at one time (loggers with whole seconds): how many were kept beside the first, how many took its place (setting ingest.same_time), from when to when.';
GRANT SELECT ON report.same_time TO viewer;
