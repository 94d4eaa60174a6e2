-- Whose fault an SQLSTATE is: its rows come from sql/data.
CREATE TABLE api.sqlstate_fault (
    pattern text PRIMARY KEY
        CONSTRAINT sqlstate_fault_pattern_check CHECK (pattern ~ '^([0-9A-Z]{5}|[0-9A-Z]{2,4}%|%)$'),
    fault text NOT NULL
        CONSTRAINT sqlstate_fault_fault_check CHECK (fault IN ('data', 'service', 'time', 'unclear')),
    meaning text NOT NULL
);
COMMENT ON TABLE api.sqlstate_fault IS
    'Whose fault an SQLSTATE is; the longest pattern that fits wins. Asked (api.fault_of; thin holds the rows) by whoever decides between trying again and refusing: ingest (also the decoding of what waits as history), predictions, waveforms.';
COMMENT ON COLUMN api.sqlstate_fault.pattern IS 'A whole SQLSTATE, or its beginning and %.';
COMMENT ON COLUMN api.sqlstate_fault.fault IS
    'data: what was sent. service: the database or the moment; it never counts against data, and what failed is tried again. time: it took too long; less at once may fit, and it never counts against data either. unclear: a trial alone, beside ingest.probe(), tells.';

-- A topic may have 65,535 bytes, and no index row holds that: one such message stopped all ingest.
DROP INDEX ingest.quarantine_topic_received_at_idx;
CREATE INDEX quarantine_topic_hash_idx ON ingest.quarantine (hashtextextended(topic, 0), received_at);

-- A decoder that hangs is passed over for a while.
ALTER TABLE ingest.topic_decoder ADD COLUMN suspended_until timestamptz;
COMMENT ON COLUMN ingest.topic_decoder.suspended_until IS
    'Until then its messages go to quarantine undecoded (decoder_suspended), because it ran longer than the setting ingest.decoder_timeout with a single message. Set NULL once it is mended, and ingest.replay() what was put aside.';
