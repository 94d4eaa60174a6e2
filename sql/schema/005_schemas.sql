-- The rooms of the database. Each comment says what belongs there; what fits none of them needs a decision, not a corner.
CREATE SCHEMA plant;
COMMENT ON SCHEMA plant IS 'What stands in the factory: equipment, sensors, maintenance.';
CREATE SCHEMA ingest;
COMMENT ON SCHEMA ingest IS 'The way in: payload decoders, acceptance of a batch, quarantine and replay.';
CREATE SCHEMA telemetry;
COMMENT ON SCHEMA telemetry IS 'Measured points as they came (hypertable) and the latest value of each sensor.';
CREATE SCHEMA rollup;
COMMENT ON SCHEMA rollup IS 'Continuous aggregates over telemetry: what Grafana and reports read.';
CREATE SCHEMA ml;
COMMENT ON SCHEMA ml IS 'serve_ml bundles, aliases, predictions, baselines and remaining useful life.';
CREATE SCHEMA alarm;
COMMENT ON SCHEMA alarm IS 'Alarm rules, their durable state, alarms and their transitions, KPIs (ISA-18.2).';
CREATE SCHEMA relay;
COMMENT ON SCHEMA relay IS 'The way out: outbox in delivery order, channels, routes, deliveries and dead letters.';
CREATE SCHEMA auth;
COMMENT ON SCHEMA auth IS 'Users, sessions, API keys and the audit trail.';
CREATE SCHEMA api;
COMMENT ON SCHEMA api IS 'What HTTP calls: one function per endpoint, and the route table.';
CREATE SCHEMA report;
COMMENT ON SCHEMA report IS 'Views for people who report with psql and for Grafana.';
CREATE SCHEMA grafana;
COMMENT ON SCHEMA grafana IS 'Views with the names and columns that the boards of the original system query. First in the search_path of grafana_reader.';

-- PUBLIC gets nothing anywhere: what a role may do is granted by name.
REVOKE ALL ON SCHEMA public FROM PUBLIC;
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO millwright, anonymous, viewer, thin;
GRANT USAGE ON SCHEMA plant, telemetry, rollup, ml, alarm, relay, report, grafana, ops TO viewer;
GRANT USAGE ON SCHEMA plant, ingest, telemetry, ml, alarm, relay, auth, api, ops TO thin;
GRANT USAGE ON SCHEMA api, auth TO anonymous, viewer;
