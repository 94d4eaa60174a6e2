-- What a viewer may read directly with psql or Grafana. Writing goes through functions.
GRANT SELECT ON ALL TABLES IN SCHEMA plant, telemetry, rollup, ml, relay, report TO viewer;
REVOKE SELECT ON relay.channel FROM viewer;
GRANT SELECT ON relay.channel TO admin;
GRANT SELECT, UPDATE (status, handled_at, handled_by) ON ingest.quarantine TO engineer;
GRANT SELECT ON ingest.topic_decoder TO viewer;
GRANT USAGE ON SCHEMA ingest TO viewer;
GRANT INSERT, UPDATE, DELETE ON ingest.topic_decoder, ml.power_rule TO engineer;
GRANT INSERT, UPDATE, DELETE ON relay.channel, relay.route TO admin;
