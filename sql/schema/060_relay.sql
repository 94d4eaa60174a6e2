-- The way out. A notification is a row of the outbox first; sending it is a second step that may fail and be repeated.

CREATE TABLE relay.sequence (
    singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
    last bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 10);
INSERT INTO relay.sequence DEFAULT VALUES;
COMMENT ON TABLE relay.sequence IS
    'Last delivery number given out. A row and not a SEQUENCE: a writer holds it until commit, so numbers have no gaps and appear in commit order, which is what lets a client resume after the last one that it saw.';

CREATE TABLE relay.outbox (
    seq bigint PRIMARY KEY,
    kind text NOT NULL CHECK (length(kind) BETWEEN 1 AND 32),
    event text CHECK (length(event) <= 32),
    severity text CHECK (length(severity) <= 16),
    equipment_id text,
    sensor_id integer,
    data jsonb NOT NULL CHECK (jsonb_typeof(data) = 'object'),
    created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE relay.outbox IS
    'What happened and may interest somebody outside, in delivery order, written in the transaction in which it happened (relay.publish).';
COMMENT ON COLUMN relay.outbox.seq IS 'Delivery sequence: gapless, in commit order; what WebSocket clients name to resume.';
COMMENT ON COLUMN relay.outbox.kind IS 'alarm, prediction, rul, system, maintenance or test.';
COMMENT ON COLUMN relay.outbox.event IS 'What happened to it: raised, cleared, acknowledged …';
COMMENT ON COLUMN relay.outbox.data IS 'The member data of the WebSocket message.';
CREATE INDEX outbox_created_at_idx ON relay.outbox (created_at);
CREATE INDEX outbox_equipment_id_seq_idx ON relay.outbox (equipment_id, seq);

CREATE TABLE relay.channel (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL UNIQUE CHECK (length(name) BETWEEN 1 AND 64),
    kind text NOT NULL
        CONSTRAINT channel_kind_check CHECK (kind IN ('slack_webhook', 'slack_bot', 'email', 'webhook')),
    target text NOT NULL
        CONSTRAINT channel_target_check
        CHECK (target ~ '^env:[A-Z][A-Z0-9_]*$'
            OR CASE kind
                WHEN 'email' THEN target ~ '^mailto:[^[:space:],<>@:"]{1,64}@[A-Za-z0-9.-]{1,253}(,[^[:space:],<>@:"]{1,64}@[A-Za-z0-9.-]{1,253}){0,49}$'
                WHEN 'slack_bot' THEN target ~ '^slack:[A-Z0-9]{1,32}$'
                ELSE target ~ '^https?://[^[:space:]]+$' END),
    language text NOT NULL DEFAULT 'ko' CHECK (language IN ('ko', 'en')),
    enabled boolean NOT NULL DEFAULT true,
    available boolean NOT NULL DEFAULT true,
    max_attempts integer NOT NULL DEFAULT 12 CHECK (max_attempts BETWEEN 1 AND 100),
    first_delay interval NOT NULL DEFAULT '1 second' CHECK (first_delay > INTERVAL '0'),
    longest_delay interval NOT NULL DEFAULT '10 minutes' CHECK (longest_delay >= first_delay),
    request_timeout interval NOT NULL DEFAULT '10 seconds' CHECK (request_timeout > INTERVAL '0'),
    headers jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(headers) = 'object')
);
COMMENT ON TABLE relay.channel IS 'Where notifications can be sent besides WebSocket clients, and how patiently.';
COMMENT ON COLUMN relay.channel.target IS
    'http(s) URL (webhooks), mailto:a@b,c@d (email, at most 50), slack:ID of a channel or user (slack_bot); or env:NAME, which thin takes from its own environment, so that a secret need not stand here.';
COMMENT ON COLUMN relay.channel.available IS
    'Whether a running thin has the variables that the channel needs: the one that target names, SMTP_URL for email, SLACK_BOT_TOKEN for slack_bot (relay.channel_variables, relay.declare_environment).';
COMMENT ON COLUMN relay.channel.first_delay IS 'Wait after the first failure; doubles with each further one, up to longest_delay, with jitter.';

CREATE TABLE relay.route (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL UNIQUE CHECK (length(name) BETWEEN 1 AND 64),
    channel_id integer NOT NULL REFERENCES relay.channel ON DELETE CASCADE,
    kinds text[],
    events text[],
    severities text[],
    equipment_ids text[],
    equipment_types text[],
    locations text[],
    enabled boolean NOT NULL DEFAULT true
);
COMMENT ON TABLE relay.route IS
    'Which notifications go to which channel. A NULL list means any; all lists must match.';
CREATE INDEX route_channel_id_idx ON relay.route (channel_id);

CREATE TABLE relay.delivery (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    seq bigint NOT NULL REFERENCES relay.outbox ON DELETE CASCADE,
    channel_id integer NOT NULL REFERENCES relay.channel ON DELETE CASCADE,
    status text NOT NULL DEFAULT 'pending'
        CONSTRAINT delivery_status_check CHECK (status IN ('pending', 'sending', 'delivered', 'dead')),
    attempts integer NOT NULL DEFAULT 0,
    next_attempt_at timestamptz DEFAULT clock_timestamp(),
    claimed_by text,
    claimed_until timestamptz,
    last_status integer,
    last_error text,
    delivered_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT delivery_seq_channel_id_key UNIQUE (seq, channel_id)
);
COMMENT ON TABLE relay.delivery IS
    'One notification to one channel. pending → sending (claimed for a while) → delivered, or pending again with back-off, or dead after max_attempts (a dead letter; relay.retry_delivery sends it again).';
COMMENT ON COLUMN relay.delivery.last_status IS 'HTTP status (email: SMTP reply code) of the last attempt; NULL where none was received.';
COMMENT ON COLUMN relay.delivery.claimed_until IS 'After this moment another worker may take it over: at least once, never lost.';
CREATE INDEX delivery_due_idx ON relay.delivery (next_attempt_at, seq) WHERE status = 'pending';
CREATE INDEX delivery_claimed_idx ON relay.delivery (claimed_until) WHERE status = 'sending';
CREATE INDEX delivery_channel_id_idx ON relay.delivery (channel_id, id);
