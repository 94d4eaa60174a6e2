-- System failures tell people: how Millwright can fail (rows), what thin says of itself, and what is beyond a limit.
CREATE TABLE alarm.system_condition (
    name text PRIMARY KEY CONSTRAINT system_condition_name_check CHECK (name ~ '^[a-z][a-z0-9_]{0,47}$'),
    enabled boolean NOT NULL DEFAULT true,
    measure text NOT NULL CONSTRAINT system_condition_measure_check CHECK (measure ~ '^[a-z_][a-z0-9_]*[.][a-z_][a-z0-9_]*$'),
    high float8,
    high_high float8,
    deadband float8 NOT NULL DEFAULT 0,
    unit text CONSTRAINT system_condition_unit_check CHECK (length(unit) BETWEEN 1 AND 32),
    severity text NOT NULL DEFAULT 'high' REFERENCES alarm.severity ON UPDATE CASCADE,
    severity_high_high text REFERENCES alarm.severity ON UPDATE CASCADE,
    on_delay interval NOT NULL DEFAULT '0',
    off_delay interval NOT NULL DEFAULT '0',
    period interval,
    minimum float8,
    every interval DEFAULT '5 seconds',
    degrades_health boolean NOT NULL DEFAULT true,
    description text NOT NULL CONSTRAINT system_condition_description_check CHECK (length(description) BETWEEN 1 AND 1000),
    updated_at timestamptz NOT NULL DEFAULT now(),
    updated_by text NOT NULL DEFAULT session_user,
    CONSTRAINT system_condition_limit_check CHECK (high > 0 AND high < 'Infinity' AND high_high > 0 AND high_high < 'Infinity'
        AND high_high > high),
    CONSTRAINT system_condition_deadband_check CHECK (deadband >= 0 AND deadband < least(high, high_high)),
    CONSTRAINT system_condition_delay_check CHECK (on_delay BETWEEN '0' AND INTERVAL '30 days'
        AND off_delay BETWEEN '0' AND INTERVAL '30 days'),
    CONSTRAINT system_condition_period_check CHECK (period > INTERVAL '0' AND period <= INTERVAL '1 year'),
    CONSTRAINT system_condition_minimum_check CHECK (minimum >= 0 AND minimum < 'Infinity'),
    CONSTRAINT system_condition_every_check CHECK (every BETWEEN INTERVAL '1 second' AND INTERVAL '1 day')
);
COMMENT ON TABLE alarm.system_condition IS
    'How Millwright itself can fail, and from when on people are told: one row for each kind of failure. UPDATE in psql is welcome (engineer). alarm.judge_system holds what the function measures against the limits, for each object (a job, a broker, a channel) by itself.';
COMMENT ON COLUMN alarm.system_condition.name IS 'Also the key of its texts in alarm.message_template, and with '':cleared'' of those for its end. The alarm''s code is name:object.';
COMMENT ON COLUMN alarm.system_condition.enabled IS 'false: nobody is told, and what stands is cleared.';
COMMENT ON COLUMN alarm.system_condition.measure IS
    'Function (alarm.system_condition, timestamptz) RETURNS TABLE (object text, value float8, detail jsonb): what it is like now. Called only if an administrator owns it. An object that it does not name is well.';
COMMENT ON COLUMN alarm.system_condition.high IS 'Raised from this value on. In unit. NULL: no limit.';
COMMENT ON COLUMN alarm.system_condition.high_high IS 'From this value on it has severity_high_high.';
COMMENT ON COLUMN alarm.system_condition.deadband IS 'A limit that was reached is left only when the value is this far below it.';
COMMENT ON COLUMN alarm.system_condition.severity_high_high IS 'NULL: as severity.';
COMMENT ON COLUMN alarm.system_condition.on_delay IS 'The value must stay at or above the limit this long without a break. Measured when it is judged (every).';
COMMENT ON COLUMN alarm.system_condition.off_delay IS 'It must stay below this long.';
COMMENT ON COLUMN alarm.system_condition.period IS 'What the function looks back on, where it counts what happened.';
COMMENT ON COLUMN alarm.system_condition.minimum IS 'A share is judged only where at least so much was seen.';
COMMENT ON COLUMN alarm.system_condition.every IS 'How often it is measured. NULL: not by the clock, but where it happens (its description says where).';
COMMENT ON COLUMN alarm.system_condition.degrades_health IS 'Whether GET /health is degraded meanwhile.';

CREATE TABLE alarm.system_run (
    condition text PRIMARY KEY,
    measured_at timestamptz NOT NULL,
    error text
) WITH (fillfactor = 50);
-- no foreign key: judging must not wait for a session that changes a condition and has not committed
COMMENT ON TABLE alarm.system_run IS 'When each system condition was measured last, and why that failed.';
COMMENT ON COLUMN alarm.system_run.error IS 'SQLSTATE and message of the last measurement; NULL: it went well. Told as condition_fails.';

CREATE TABLE alarm.system_state (
    condition text NOT NULL,
    object text NOT NULL,
    level text CONSTRAINT system_state_level_check CHECK (level IN ('high', 'high_high')),
    value float8,
    limit_value float8,
    detail jsonb NOT NULL DEFAULT '{}',
    beyond_since timestamptz NOT NULL,
    back_since timestamptz,
    PRIMARY KEY (condition, object)
) WITH (fillfactor = 50);
COMMENT ON TABLE alarm.system_state IS
    'What is beyond a limit of a system condition, or was and waits for its off_delay. Read by /health and /metrics; whether people were told is in alarm.alarm (code condition:object).';
COMMENT ON COLUMN alarm.system_state.object IS 'What it is about; empty where there is only one of it.';
COMMENT ON COLUMN alarm.system_state.level IS 'Which limit it is beyond now; NULL: it is back, and the alarm waits for off_delay.';
COMMENT ON COLUMN alarm.system_state.beyond_since IS 'Since when without a break.';
COMMENT ON COLUMN alarm.system_state.back_since IS 'Since when it is back; NULL while it is beyond.';

-- What each thin says of itself (ops.beat). It reports facts; alarm.judge_system judges.
CREATE TABLE ops.process (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    instance text NOT NULL CHECK (length(instance) BETWEEN 1 AND 200),
    run_id text NOT NULL CHECK (length(run_id) BETWEEN 1 AND 64),
    version text CHECK (length(version) <= 64),
    started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    beat_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    stopped_at timestamptz,
    CONSTRAINT process_instance_run_id_key UNIQUE (instance, run_id)
) WITH (fillfactor = 50);
COMMENT ON TABLE ops.process IS 'Runs of thin, one row from start to end. The last run of an instance that neither ended nor beats is one that nobody hears.';
COMMENT ON COLUMN ops.process.instance IS 'THIN_INSTANCE of the process.';
COMMENT ON COLUMN ops.process.run_id IS 'Made by the process at its start.';
COMMENT ON COLUMN ops.process.started_at IS 'First heartbeat, by the database''s clock.';
COMMENT ON COLUMN ops.process.beat_at IS 'Last heartbeat.';
COMMENT ON COLUMN ops.process.stopped_at IS 'When it said that it ends; NULL: it runs, or went without a word.';

CREATE TABLE ops.process_lane (
    process_id bigint NOT NULL REFERENCES ops.process ON DELETE CASCADE,
    lane text NOT NULL CHECK (length(lane) BETWEEN 1 AND 32),
    broker text NOT NULL CHECK (length(broker) <= 300),
    is_connected boolean NOT NULL,
    since timestamptz NOT NULL DEFAULT clock_timestamp(),
    error text CHECK (length(error) <= 1000),
    refusal text CHECK (length(refusal) <= 1000),
    held_messages bigint NOT NULL DEFAULT 0,
    failing_since timestamptz,
    commit_seconds float8,
    lag_seconds float8,
    batches bigint NOT NULL DEFAULT 0,
    batch_at timestamptz,
    messages bigint NOT NULL DEFAULT 0,
    reconnects bigint NOT NULL DEFAULT 0,
    losses timestamptz[] NOT NULL DEFAULT '{}',
    PRIMARY KEY (process_id, lane)
) WITH (fillfactor = 50);
COMMENT ON TABLE ops.process_lane IS 'The ways in of a run of thin, as it last said.';
COMMENT ON COLUMN ops.process_lane.broker IS 'host:port';
COMMENT ON COLUMN ops.process_lane.is_connected IS 'Connected and subscribed.';
COMMENT ON COLUMN ops.process_lane.since IS 'Since when it is connected, or is not.';
COMMENT ON COLUMN ops.process_lane.error IS 'Why it is not, or why a commit failed, in thin''s or the broker''s words.';
COMMENT ON COLUMN ops.process_lane.refusal IS 'Topics that the broker does not let thin hear.';
COMMENT ON COLUMN ops.process_lane.held_messages IS 'Read and not committed yet.';
COMMENT ON COLUMN ops.process_lane.failing_since IS 'Since when commits fail; NULL: they do not.';
COMMENT ON COLUMN ops.process_lane.commit_seconds IS 'How long the commit under way has taken; NULL: none is.';
COMMENT ON COLUMN ops.process_lane.lag_seconds IS 'From arrival to commit of the oldest message of the last batch.';
COMMENT ON COLUMN ops.process_lane.batches IS 'Committed since the lane was opened.';
COMMENT ON COLUMN ops.process_lane.batch_at IS 'When batches last grew.';
COMMENT ON COLUMN ops.process_lane.reconnects IS 'Connections since the lane was opened, after the first.';
COMMENT ON COLUMN ops.process_lane.losses IS 'When connections were found to have been made again, the last hundred, newest first.';

CREATE TABLE ops.process_volume (
    process_id bigint NOT NULL REFERENCES ops.process ON DELETE CASCADE,
    path text NOT NULL CHECK (length(path) BETWEEN 1 AND 1000),
    total_bytes float8 NOT NULL CHECK (total_bytes > 0),
    free_bytes float8 NOT NULL CHECK (free_bytes >= 0),
    PRIMARY KEY (process_id, path)
) WITH (fillfactor = 50);
COMMENT ON TABLE ops.process_volume IS 'The file systems that a run of thin sees (THIN_VOLUMES), as it last said.';
COMMENT ON COLUMN ops.process_volume.free_bytes IS 'For whoever is not root.';

CREATE TABLE ops.ingest_minute (
    minute timestamptz PRIMARY KEY,
    messages bigint NOT NULL
) WITH (fillfactor = 50);
COMMENT ON TABLE ops.ingest_minute IS 'Messages that thin took from the broker, by minute of the heartbeat that said so; kept for a day.';

ALTER TABLE relay.channel_state ADD COLUMN failing_since timestamptz;
COMMENT ON COLUMN relay.channel_state.failing_since IS 'When the first of these failed; NULL: there is none.';
UPDATE relay.channel_state SET failing_since = clock_timestamp() WHERE failures > 0;
