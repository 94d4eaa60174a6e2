-- The way out. A notification is a row of the outbox first; sending it is a second step that may fail and be repeated.

CREATE TABLE relay.sequence (
    singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
    last bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 10);
INSERT INTO relay.sequence DEFAULT VALUES;
COMMENT ON TABLE relay.sequence IS
    'Last delivery number given out. A row and not a SEQUENCE: a writer holds it until commit, so numbers have no gaps and appear in commit order, which is what lets a client resume after the last one that it saw.';

CREATE TABLE relay.notification (
    seq bigint PRIMARY KEY,
    kind text NOT NULL CHECK (length(kind) BETWEEN 1 AND 32),
    event text CHECK (length(event) <= 32),
    severity text CHECK (length(severity) <= 16),
    equipment_id text,
    sensor_id integer,
    data jsonb CHECK (jsonb_typeof(data) = 'object'),
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    transition_id bigint,
    moment jsonb,
    CONSTRAINT notification_content_check CHECK (num_nonnulls(data, transition_id) = 1)
);
COMMENT ON TABLE relay.notification IS
    'What happened and may interest somebody outside, in delivery order, written in the transaction in which it happened (relay.publish). What it says is made when it is read: relay.outbox shows it.';
COMMENT ON COLUMN relay.notification.seq IS 'Delivery sequence: gapless, in commit order; what WebSocket clients name to resume.';
COMMENT ON COLUMN relay.notification.kind IS 'alarm, prediction, rul, system, maintenance or test.';
COMMENT ON COLUMN relay.notification.event IS 'What happened to it: raised, cleared, acknowledged …';
COMMENT ON COLUMN relay.notification.data IS 'What it says, where whoever published it said so; NULL: it tells of transition_id.';
COMMENT ON COLUMN relay.notification.transition_id IS 'alarm.transition.id: what it tells of, as event.';
COMMENT ON COLUMN relay.notification.moment IS 'What was so at that moment and may not be so when it is read (alarm.moment). NULL: nothing out of the ordinary.';
-- rows come in order of time: an index of ranges does, and costs ingest nothing
CREATE INDEX notification_created_at_idx ON relay.notification USING brin (created_at);
CREATE INDEX notification_equipment_id_seq_idx ON relay.notification (equipment_id, seq);

CREATE TABLE relay.channel (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL UNIQUE CHECK (length(name) BETWEEN 1 AND 64),
    kind text NOT NULL
        CONSTRAINT channel_kind_check CHECK (kind IN ('slack_webhook', 'slack_bot', 'email', 'webhook')),
    target text NOT NULL
        CONSTRAINT channel_target_check
        CHECK (target ~ '^env:[A-Z][A-Z0-9_]*$'
            OR CASE kind
                WHEN 'email' THEN target ~ '^role:[a-z]{1,32}$'
                    OR target ~ '^mailto:[^[:space:],<>@:"]{1,64}@[A-Za-z0-9.-]{1,253}(,[^[:space:],<>@:"]{1,64}@[A-Za-z0-9.-]{1,253}){0,49}$'
                WHEN 'slack_bot' THEN target ~ '^slack:[A-Z0-9]{1,32}$'
                ELSE target ~ '^https?://[^[:space:]]+$' END),
    language text REFERENCES relay.language ON UPDATE CASCADE,
    enabled boolean NOT NULL DEFAULT true,
    available boolean NOT NULL DEFAULT true,
    max_attempts integer NOT NULL DEFAULT 12 CHECK (max_attempts BETWEEN 1 AND 100),
    first_delay interval NOT NULL DEFAULT '1 second' CHECK (first_delay > INTERVAL '0'),
    longest_delay interval NOT NULL DEFAULT '10 minutes' CHECK (longest_delay >= first_delay),
    request_timeout interval NOT NULL DEFAULT '10 seconds' CHECK (request_timeout > INTERVAL '0'),
    headers jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(headers) = 'object'),
    rate float8 CONSTRAINT channel_rate_check CHECK (rate BETWEEN 0.001 AND 1000),
    digest_over integer CONSTRAINT channel_digest_over_check CHECK (digest_over BETWEEN 1 AND 100000),
    CONSTRAINT channel_patience_check CHECK (request_timeout <= INTERVAL '5 minutes' AND longest_delay <= INTERVAL '7 days')
);
COMMENT ON TABLE relay.channel IS 'Where notifications can be sent besides WebSocket clients, and how patiently.';
COMMENT ON COLUMN relay.channel.target IS
    'http(s) URL (webhooks), mailto:a@b,c@d (email, at most 50) or role:admin (email to the accounts that have the role), slack:ID of a channel or user (slack_bot); or env:NAME, which thin takes from its own environment, so that a secret need not stand here.';
COMMENT ON COLUMN relay.channel.language IS 'Where none is given, the default of relay.language.';
COMMENT ON COLUMN relay.channel.available IS
    'Whether a running thin has the variables that the channel needs: the one that target names, SMTP_URL for email, SLACK_BOT_TOKEN for slack_bot (relay.channel_variables, relay.declare_environment).';
COMMENT ON COLUMN relay.channel.rate IS 'Messages per second at most; NULL: as its kind has it (relay.channel_kind).';
COMMENT ON COLUMN relay.channel.digest_over IS 'When more messages than this wait, one digest names every alarm instead. NULL: as its kind has it.';
COMMENT ON COLUMN relay.channel.first_delay IS 'Wait after the first failure; doubles with each further one, up to longest_delay, with jitter.';

CREATE TABLE relay.variable (
    name text PRIMARY KEY CHECK (name ~ '^[A-Z][A-Z0-9_]{0,127}$'),
    description text NOT NULL
);
COMMENT ON TABLE relay.variable IS
    'Variables of thin that a channel may name as env:NAME, besides those that begin with MILLWRIGHT_CHANNEL_. Only migrations write here: otherwise a channel could send DATABASE_URL or SECRET_KEY away.';

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
    seq bigint REFERENCES relay.notification ON DELETE CASCADE,
    channel_id integer NOT NULL REFERENCES relay.channel ON DELETE CASCADE,
    status text NOT NULL DEFAULT 'pending'
        CONSTRAINT delivery_status_check CHECK (status IN ('pending', 'sending', 'delivered', 'dead', 'folded')),
    attempts integer NOT NULL DEFAULT 0,
    next_attempt_at timestamptz DEFAULT clock_timestamp(),
    claimed_by text,
    claimed_until timestamptz,
    last_status integer,
    last_error text,
    delivered_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    last_answer text,
    subject text,
    data jsonb,
    folded_into bigint REFERENCES relay.delivery ON DELETE CASCADE,
    CONSTRAINT delivery_seq_channel_id_key UNIQUE (seq, channel_id),
    CONSTRAINT delivery_content_check CHECK (seq IS NOT NULL OR data IS NOT NULL),
    CONSTRAINT delivery_folded_check CHECK ((status = 'folded') = (folded_into IS NOT NULL))
);
COMMENT ON TABLE relay.delivery IS
    'One notification to one channel. pending → sending (claimed for a while) → delivered, or pending again with back-off, or dead after max_attempts (a dead letter; relay.retry_delivery sends it again).';
COMMENT ON COLUMN relay.delivery.last_status IS 'HTTP status (email: SMTP reply code) of the last attempt; NULL where none was received.';
COMMENT ON COLUMN relay.delivery.last_error IS 'Why the last attempt failed, in our own words.';
COMMENT ON COLUMN relay.delivery.last_answer IS
    'How the target''s answer to it began, at most 500 characters. For administrators: it may show what only the target''s network should see.';
COMMENT ON COLUMN relay.delivery.claimed_until IS 'After this moment another worker may take it over: at least once, never lost.';
CREATE INDEX delivery_due_idx ON relay.delivery (next_attempt_at, seq) WHERE status = 'pending';
CREATE INDEX delivery_claimed_idx ON relay.delivery (claimed_until) WHERE status = 'sending';
CREATE INDEX delivery_dead_idx ON relay.delivery (channel_id) WHERE status = 'dead';
CREATE INDEX delivery_channel_id_idx ON relay.delivery (channel_id, id);
COMMENT ON COLUMN relay.delivery.seq IS 'NULL where it is for this channel alone (a route that was added while an alarm stands): data is its content then.';
COMMENT ON COLUMN relay.delivery.subject IS
    'What it is about (one rule on one sensor): deliveries about one subject leave a channel in order, one at a time, and an older one that has not left yet is folded into the newer.';
COMMENT ON COLUMN relay.delivery.folded_into IS 'Overtaken before it was sent: the delivery that says so in its place.';
CREATE INDEX delivery_subject_idx ON relay.delivery (channel_id, subject, id) WHERE status IN ('pending', 'sending');
CREATE INDEX delivery_folded_into_idx ON relay.delivery (folded_into) WHERE folded_into IS NOT NULL;

CREATE TABLE relay.channel_state (
    channel_id integer PRIMARY KEY REFERENCES relay.channel ON DELETE CASCADE,
    next_free timestamptz NOT NULL DEFAULT '-infinity',
    failures integer NOT NULL DEFAULT 0,
    paused_until timestamptz,
    failing_since timestamptz
) WITH (fillfactor = 50);
COMMENT ON TABLE relay.channel_state IS 'How a channel fares. Its rows are what relay.claim_deliveries locks.';
COMMENT ON COLUMN relay.channel_state.next_free IS 'When its rate allows the next message.';
COMMENT ON COLUMN relay.channel_state.failures IS 'Failed attempts in a row, of any delivery. While there are any, one delivery at a time is tried.';
COMMENT ON COLUMN relay.channel_state.failing_since IS 'When the first of these failed; NULL: there is none.';
COMMENT ON COLUMN relay.channel_state.paused_until IS 'Nothing is sent before; NULL: not paused.';

CREATE TABLE alarm.told (
    alarm_id bigint NOT NULL,
    channel_id integer NOT NULL REFERENCES relay.channel ON DELETE CASCADE,
    told_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    severity text REFERENCES alarm.severity ON UPDATE CASCADE ON DELETE SET NULL,
    PRIMARY KEY (alarm_id, channel_id)
);
COMMENT ON COLUMN alarm.told.severity IS 'As bad as it was last told to be; NULL: not known, told before this was noted.';
CREATE INDEX told_channel_id_idx ON alarm.told (channel_id);
COMMENT ON TABLE alarm.told IS
    'Which channels believe that an alarm stands: told so, and not yet told that it cleared. Kept by alarm.announce and, where routes, rules or channels changed, by alarm.reconcile.';

CREATE TABLE relay.channel_kind (
    kind text PRIMARY KEY,
    rate float8 CHECK (rate BETWEEN 0.001 AND 1000),
    digest_over integer CHECK (digest_over BETWEEN 1 AND 100000),
    description text NOT NULL
);
COMMENT ON TABLE relay.channel_kind IS 'What holds for channels of a kind that say nothing else themselves.';
COMMENT ON COLUMN relay.channel_kind.rate IS 'Messages per second; NULL: any number.';
COMMENT ON COLUMN relay.channel_kind.digest_over IS 'When more messages than this wait, a digest takes their place; NULL: never.';
