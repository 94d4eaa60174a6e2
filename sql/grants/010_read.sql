-- What a viewer may read directly with psql or Grafana. Writing goes through functions.
GRANT SELECT ON ALL TABLES IN SCHEMA plant, telemetry, rollup, ml, relay, report TO viewer;
REVOKE SELECT ON relay.channel FROM viewer;
GRANT SELECT ON relay.channel TO admin;
-- all but what a target answered: that may come from a network that viewers cannot see into
REVOKE SELECT ON relay.delivery FROM viewer;
GRANT SELECT (id, seq, channel_id, status, attempts, next_attempt_at, claimed_by, claimed_until, last_status, last_error, delivered_at, created_at,
    subject, data, folded_into)
    ON relay.delivery TO viewer;
GRANT SELECT ON relay.delivery TO admin;
GRANT SELECT, UPDATE (status, handled_at, handled_by) ON ingest.quarantine TO engineer;
GRANT SELECT ON ingest.topic_decoder, ingest.no_value, ingest.no_value_seen, ingest.binary_type, ingest.same_time_seen, ingest.replaced_value, ingest.import TO viewer;
GRANT USAGE ON SCHEMA ingest TO viewer;
GRANT SELECT ON ops.process, ops.process_lane, ops.process_volume, ops.ingest_minute TO viewer;
GRANT INSERT, UPDATE, DELETE ON ingest.topic_decoder, ingest.no_value, ml.power_rule TO engineer;
GRANT INSERT, UPDATE, DELETE ON ml.rul_governor, ml.rul_lite_threshold TO engineer;
GRANT INSERT, UPDATE, DELETE ON relay.channel, relay.route TO admin;
-- a language is rows, of those who write the messages in it
GRANT INSERT, UPDATE, DELETE ON relay.language, relay.phrase TO engineer;
