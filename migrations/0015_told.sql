-- What each receiver was last told is a row: the difference to the truth is what is sent.
ALTER TABLE alarm.alarm ADD COLUMN told boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN alarm.alarm.told IS 'The stream of notifications has said that it stands. What was raised while it was held is told when the hold ends, and only what was told is told to have cleared.';
CREATE INDEX alarm_untold_idx ON alarm.alarm (id) WHERE cleared_at IS NULL AND NOT told;

CREATE TABLE alarm.told (
    alarm_id bigint NOT NULL,
    channel_id integer NOT NULL REFERENCES relay.channel ON DELETE CASCADE,
    told_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (alarm_id, channel_id)
);
CREATE INDEX told_channel_id_idx ON alarm.told (channel_id);
COMMENT ON TABLE alarm.told IS
    'Which channels believe that an alarm stands: told so, and not yet told that it cleared. Kept by alarm.announce and, where routes, rules or channels changed, by alarm.reconcile.';

-- what was told before this table existed
UPDATE alarm.alarm AS a
SET told = true
WHERE a.cleared_at IS NULL
  AND ((a.shelved IS NULL AND a.suppressed_by = '{}' AND NOT a.out_of_service)
       OR EXISTS (SELECT FROM relay.outbox AS o WHERE o.event = 'raised' AND o.data ->> 'id' = a.id::text));
INSERT INTO alarm.told (alarm_id, channel_id)
SELECT DISTINCT a.id, d.channel_id
FROM alarm.alarm AS a
JOIN relay.outbox AS o ON o.event = 'raised' AND o.data ->> 'id' = a.id::text
JOIN relay.delivery AS d ON d.seq = o.seq
WHERE a.cleared_at IS NULL;

ALTER TABLE relay.delivery ALTER COLUMN seq DROP NOT NULL;
ALTER TABLE relay.delivery ADD COLUMN subject text;
ALTER TABLE relay.delivery ADD COLUMN data jsonb;
ALTER TABLE relay.delivery ADD COLUMN folded_into bigint REFERENCES relay.delivery ON DELETE CASCADE;
ALTER TABLE relay.delivery DROP CONSTRAINT delivery_status_check;
ALTER TABLE relay.delivery
    ADD CONSTRAINT delivery_status_check CHECK (status IN ('pending', 'sending', 'delivered', 'dead', 'folded'));
ALTER TABLE relay.delivery ADD CONSTRAINT delivery_content_check CHECK (seq IS NOT NULL OR data IS NOT NULL);
ALTER TABLE relay.delivery ADD CONSTRAINT delivery_folded_check CHECK ((status = 'folded') = (folded_into IS NOT NULL));
COMMENT ON COLUMN relay.delivery.seq IS 'NULL where it is for this channel alone (a route that was added while an alarm stands): data is its content then.';
COMMENT ON COLUMN relay.delivery.subject IS
    'What it is about (one rule on one sensor): deliveries about one subject leave a channel in order, one at a time, and an older one that has not left yet is folded into the newer.';
COMMENT ON COLUMN relay.delivery.folded_into IS 'Overtaken before it was sent: the delivery that says so in its place.';
CREATE INDEX delivery_subject_idx ON relay.delivery (channel_id, subject, id) WHERE status IN ('pending', 'sending');
CREATE INDEX delivery_folded_into_idx ON relay.delivery (folded_into) WHERE folded_into IS NOT NULL;

ALTER TABLE relay.channel ADD COLUMN rate float8 CONSTRAINT channel_rate_check CHECK (rate BETWEEN 0.001 AND 1000);
ALTER TABLE relay.channel ADD COLUMN digest_over integer CONSTRAINT channel_digest_over_check CHECK (digest_over BETWEEN 1 AND 100000);
COMMENT ON COLUMN relay.channel.rate IS 'Messages per second at most; NULL: as its kind has it (relay.channel_kind).';
COMMENT ON COLUMN relay.channel.digest_over IS 'When more messages than this wait, one digest names every alarm instead. NULL: as its kind has it.';

CREATE TABLE relay.channel_state (
    channel_id integer PRIMARY KEY REFERENCES relay.channel ON DELETE CASCADE,
    next_free timestamptz NOT NULL DEFAULT '-infinity',
    failures integer NOT NULL DEFAULT 0,
    paused_until timestamptz
) WITH (fillfactor = 50);
COMMENT ON TABLE relay.channel_state IS 'How a channel fares. Its rows are what relay.claim_deliveries locks.';
COMMENT ON COLUMN relay.channel_state.next_free IS 'When its rate allows the next message.';
COMMENT ON COLUMN relay.channel_state.failures IS 'Failed attempts in a row, of any delivery. While there are any, one delivery at a time is tried.';
COMMENT ON COLUMN relay.channel_state.paused_until IS 'Nothing is sent before; NULL: not paused.';

CREATE TABLE relay.channel_kind (
    kind text PRIMARY KEY,
    rate float8 CHECK (rate BETWEEN 0.001 AND 1000),
    digest_over integer CHECK (digest_over BETWEEN 1 AND 100000),
    description text NOT NULL
);
COMMENT ON TABLE relay.channel_kind IS 'What holds for channels of a kind that say nothing else themselves.';
COMMENT ON COLUMN relay.channel_kind.rate IS 'Messages per second; NULL: any number.';
COMMENT ON COLUMN relay.channel_kind.digest_over IS 'When more messages than this wait, a digest takes their place; NULL: never.';

CREATE TABLE relay.language (
    code text PRIMARY KEY CHECK (code ~ '^[a-z]{2}$'),
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 64)
);
COMMENT ON TABLE relay.language IS 'Languages that notifications can be written in. Another one is a row here, its phrases (relay.phrase) and its message templates.';

CREATE TABLE relay.phrase (
    key text NOT NULL CHECK (key ~ '^[a-z_.]{1,64}$'),
    language text NOT NULL REFERENCES relay.language ON UPDATE CASCADE ON DELETE CASCADE,
    text text NOT NULL CHECK (length(text) BETWEEN 1 AND 200),
    PRIMARY KEY (key, language)
);
COMMENT ON TABLE relay.phrase IS 'Words around a message: names of fields, events and kinds. {x} stands for what is said.';
INSERT INTO relay.language (code, name) VALUES ('ko', '한국어'), ('en', 'English');
ALTER TABLE relay.channel DROP CONSTRAINT channel_language_check;
ALTER TABLE relay.channel ADD CONSTRAINT channel_language_fkey FOREIGN KEY (language) REFERENCES relay.language ON UPDATE CASCADE;

-- Plants that took the defaults never heard the end of an alarm, nor that high became critical.
UPDATE relay.route AS r
SET events = ARRAY['raised', 'severity_changed', 'cleared', 'realarmed', 'escalated', 'test']
WHERE r.name IN ('slack-default', 'slack-bot-default') AND r.events = ARRAY['raised', 'realarmed', 'escalated', 'test'];
