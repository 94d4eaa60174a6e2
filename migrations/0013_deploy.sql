-- Sessions at the broker have ids that nobody can guess and are missed when they are gone; channels cannot be turned
-- against the plant's own network or thin's own secrets.

CREATE TABLE ingest.mqtt_session (
    instance text NOT NULL CHECK (length(instance) BETWEEN 1 AND 200),
    lane text NOT NULL CHECK (length(lane) <= 32),
    client_id text NOT NULL UNIQUE,
    former_client_id text,
    established_at timestamptz,
    connected_at timestamptz,
    lost_at timestamptz,
    losses integer NOT NULL DEFAULT 0,
    PRIMARY KEY (instance, lane)
);
COMMENT ON TABLE ingest.mqtt_session IS
    'The persistent sessions that thin has at the broker, one row for each process and lane: under which client id, and whether the broker still has it. Nobody but its owner reads it: who knows a client id can end the session.';
COMMENT ON COLUMN ingest.mqtt_session.instance IS 'THIN_INSTANCE of the process.';
COMMENT ON COLUMN ingest.mqtt_session.lane IS 'What the session carries: points, or inference (features and waveforms).';
COMMENT ON COLUMN ingest.mqtt_session.client_id IS 'thin-{instance}[-{lane}]-{122 random bits}. Stays for ever: what waits at the broker hangs on it.';
COMMENT ON COLUMN ingest.mqtt_session.former_client_id IS 'Client id of a version before, whose session has to be emptied once; NULL: none.';
COMMENT ON COLUMN ingest.mqtt_session.established_at IS 'When the broker first had a session of this id. From then on it has to have it at each connection.';
COMMENT ON COLUMN ingest.mqtt_session.lost_at IS 'When it last had none although it should: what waited there is gone.';

-- A process of a version before has a session under thin-{instance}: the new one empties it once (ingest.mqtt_client).
INSERT INTO ops.setting (name, value, description, data_type) VALUES
    ('ingest.former_session', to_jsonb(EXISTS (SELECT FROM telemetry.reading)),
     'Whether a process that connects for the first time first empties the session thin-{instance} of versions before 0.2.', 'boolean');

CREATE TABLE relay.variable (
    name text PRIMARY KEY CHECK (name ~ '^[A-Z][A-Z0-9_]{0,127}$'),
    description text NOT NULL
);
COMMENT ON TABLE relay.variable IS
    'Variables of thin that a channel may name as env:NAME, besides those that begin with MILLWRIGHT_CHANNEL_. Only migrations write here: otherwise a channel could send DATABASE_URL or SECRET_KEY away.';
-- What channels name already goes on working, unless it is one of thin's own secrets.
INSERT INTO relay.variable (name, description)
SELECT DISTINCT substr(c.target, 5), 'Named by a channel before there was this list.'
FROM relay.channel AS c
WHERE c.target ~ '^env:[A-Z][A-Z0-9_]{0,127}$'
  AND c.target !~ '^env:(MILLWRIGHT_CHANNEL_|DATABASE_URL|SECRET_KEY|MQTT_|PG|SMTP_|THIN_|AWS_|SLACK_BOT_TOKEN|ADMIN_)';
UPDATE relay.channel AS c SET enabled = false
WHERE c.target LIKE 'env:%' AND c.target NOT LIKE 'env:MILLWRIGHT\_CHANNEL\_%'
  AND NOT EXISTS (SELECT FROM relay.variable AS v WHERE v.name = substr(c.target, 5));

UPDATE relay.channel AS c
SET request_timeout = least(c.request_timeout, INTERVAL '5 minutes'), longest_delay = least(c.longest_delay, INTERVAL '7 days'),
    first_delay = least(c.first_delay, INTERVAL '7 days')
WHERE c.request_timeout > INTERVAL '5 minutes' OR c.longest_delay > INTERVAL '7 days';
ALTER TABLE relay.channel
    ADD CONSTRAINT channel_patience_check CHECK (request_timeout <= INTERVAL '5 minutes' AND longest_delay <= INTERVAL '7 days');

ALTER TABLE relay.delivery ADD COLUMN last_answer text;
COMMENT ON COLUMN relay.delivery.last_error IS 'Why the last attempt failed, in our own words.';
COMMENT ON COLUMN relay.delivery.last_answer IS
    'How the target''s answer to it began, at most 500 characters. For administrators: it may show what only the target''s network should see.';
-- What was kept so far was the target's answer, for every viewer to read.
UPDATE relay.delivery AS d SET last_answer = d.last_error, last_error = format('status %s', d.last_status)
FROM relay.channel AS c
WHERE c.id = d.channel_id AND c.kind IN ('webhook', 'slack_webhook') AND d.last_status IS NOT NULL AND d.last_error IS NOT NULL;
DROP FUNCTION IF EXISTS relay.finish_delivery(bigint, text, boolean, integer, text, bigint);
