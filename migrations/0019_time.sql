-- Time is the sensor's (docs/adr/0018): states to go back to, alarms that are taken back, clocks of machines.
ALTER TABLE alarm.state ADD COLUMN checkpoint_at timestamptz;
COMMENT ON COLUMN alarm.state.idle IS 'Normal, nothing pending, and a sample said so, not the clock alone: the next quiet sample need not be looked at.';
COMMENT ON COLUMN alarm.state.last_time IS 'The machine''s clock, on the sensor''s time: the last sample, or the timer that fired after it. Live samples at or before it change what was judged since (alarm.revise).';
COMMENT ON COLUMN alarm.state.checkpoint_at IS 'A state is kept in alarm.checkpoint again when the machine''s clock is alarm.checkpoint_every further than this.';

CREATE TABLE alarm.checkpoint (
    signal_id bigint NOT NULL,
    at timestamptz NOT NULL,
    holds_until timestamptz,
    state jsonb,
    after_alarm bigint NOT NULL,
    open_alarm bigint,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (signal_id, at)
);
COMMENT ON TABLE alarm.checkpoint IS
    'States of machines as they were, to go back to when samples arrive that belong before what was judged already: late ones, and those that the clock did not wait for (alarm.revise). Kept as long as a point can be late without being historical.';
COMMENT ON COLUMN alarm.checkpoint.at IS 'The machine''s clock: every sample up to it is in the state, none after it.';
COMMENT ON COLUMN alarm.checkpoint.holds_until IS 'The state held, quiet, until this first sample that was looked at again; NULL: no longer than at.';
COMMENT ON COLUMN alarm.checkpoint.state IS 'A row of alarm.state; NULL: as if no sample had ever been looked at.';
COMMENT ON COLUMN alarm.checkpoint.after_alarm IS 'Alarms with greater ids were raised after it.';
COMMENT ON COLUMN alarm.checkpoint.open_alarm IS 'The alarm that stood then.';
CREATE INDEX checkpoint_created_at_idx ON alarm.checkpoint (created_at);

ALTER TABLE alarm.alarm ADD COLUMN retracted_at timestamptz;
ALTER TABLE alarm.alarm ADD CONSTRAINT alarm_retracted_at_check CHECK (retracted_at IS NULL OR NOT active);
COMMENT ON COLUMN alarm.alarm.retracted_at IS 'Taken back: samples that came later say that it never was. It counts in no figure. NULL: a real alarm.';
ALTER TABLE alarm.transition DROP CONSTRAINT transition_kind_check;
ALTER TABLE alarm.transition ADD CONSTRAINT transition_kind_check CHECK (kind IN (
        'raised', 'severity_changed', 'cleared', 'acknowledged', 'confirmed', 'shelved', 'unshelved', 'suppressed', 'unsuppressed',
        'out_of_service', 'in_service', 'realarmed', 'escalated', 'commented', 'reset', 'chatter_started', 'chatter_ended',
        'retracted', 'reinstated', 'revised'));
COMMENT ON COLUMN alarm.transition.kind IS
    'What happened. retracted: the alarm never was, reinstated: it never cleared, revised: it was raised or cleared at another time. So say samples that came later than the clock waited for them.';

ALTER TABLE telemetry.latest ADD COLUMN burst interval;
COMMENT ON TABLE telemetry.latest IS
    'The newest point of each sensor. Moves forward only, unless a clock that was fast is put right (telemetry.clock_step). Exists because last() uses no index. Its rows are also what ingest locks, in sensor order, so that two batches which share a sensor follow one another.';
COMMENT ON COLUMN telemetry.latest.received_at IS 'When the broker''s message or the request arrived. received_at - time maps the sensor''s time to ours (alarm.fires_at).';
COMMENT ON COLUMN telemetry.latest.burst IS
    'How much time of measurement lately came at once, so how long the sensor is usually silent between two uploads: the greatest of the last arrivals, fading. NULL: points come one by one.';

-- Clocks of machines: what their points say when they arrive. Kept by telemetry.watch_clocks.
CREATE TABLE telemetry.clock (
    equipment_id text PRIMARY KEY REFERENCES plant.equipment ON UPDATE CASCADE ON DELETE CASCADE,
    clock_offset interval,
    measured_at timestamptz,
    best interval,
    window_began timestamptz NOT NULL DEFAULT clock_timestamp(),
    wrong_since timestamptz,
    historical bigint NOT NULL DEFAULT 0,
    unjudged bigint NOT NULL DEFAULT 0,
    stepped_at timestamptz,
    disowned bigint NOT NULL DEFAULT 0
);
COMMENT ON TABLE telemetry.clock IS
    'How far each machine''s clock is ahead of ours (negative: behind), estimated from its points: time of measurement minus arrival, of the sensor and the moment within a minute where least time was lost on the way. Kept by the job telemetry.watch_clocks.';
COMMENT ON COLUMN telemetry.clock.clock_offset IS 'Positive: its times lie ahead of ours. What is a little negative may be the way of the data. NULL: not known yet.';
COMMENT ON COLUMN telemetry.clock.measured_at IS 'When the last point that counts here arrived.';
COMMENT ON COLUMN telemetry.clock.best IS 'Greatest offset since window_began: becomes clock_offset when the minute is over.';
COMMENT ON COLUMN telemetry.clock.wrong_since IS 'Since when the offset is beyond the setting telemetry.clock_offset_limit; NULL: it is not.';
COMMENT ON COLUMN telemetry.clock.historical IS 'Points that their sender did not mark as historical, but that were so old when they came (ingest.historical_after) that no live alarm was raised on them.';
COMMENT ON COLUMN telemetry.clock.unjudged IS 'Late points whose place in what had been judged was closed: the rule had changed, or an alarm had been reset since.';
COMMENT ON COLUMN telemetry.clock.stepped_at IS 'When its clock was last seen to be put back.';
COMMENT ON COLUMN telemetry.clock.disowned IS 'Points that lay ahead of a clock that was put back: stored as of bad quality since, they judge nothing.';

CREATE TABLE telemetry.clock_event (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    equipment_id text NOT NULL,
    received_at timestamptz NOT NULL,
    clock_offset interval,
    historical bigint NOT NULL DEFAULT 0,
    unjudged bigint NOT NULL DEFAULT 0,
    disowned bigint NOT NULL DEFAULT 0
);
COMMENT ON TABLE telemetry.clock_event IS
    'What ingest noticed of clocks and leaves for telemetry.watch_clocks to count: appended only, so that no batch waits for another. Columns as in telemetry.clock.';

CREATE TABLE telemetry.late_run (
    sensor_id integer PRIMARY KEY REFERENCES plant.sensor ON DELETE CASCADE,
    behind timestamptz NOT NULL,
    lag interval NOT NULL,
    since timestamptz NOT NULL,
    first_time timestamptz NOT NULL,
    last_time timestamptz NOT NULL,
    arrivals integer NOT NULL,
    points integer NOT NULL
);
COMMENT ON TABLE telemetry.late_run IS
    'Sensors that tell late points only, while nothing newer comes: late by about the same each time, their clock was put back (telemetry.step_back).';
COMMENT ON COLUMN telemetry.late_run.behind IS 'The latest value''s time, which they do not reach.';
COMMENT ON COLUMN telemetry.late_run.lag IS 'Arrival minus time of measurement, at the first of these arrivals.';

-- the calls have new arguments: what was made from the files of before goes
DROP FUNCTION IF EXISTS alarm.evaluate_batch(integer[], timestamptz[], float8[]);
DROP FUNCTION IF EXISTS alarm.settle(alarm.outcome[], text, jsonb);
DROP FUNCTION IF EXISTS alarm.judge_standing(timestamptz);
COMMENT ON TABLE alarm.clock IS 'When alarm.judge_derived was first run for each of the conditions that are judged by a job (windowed, two_signal, no_data, baseline by hour or state), and how far it has come: a new signal begins there.';

CREATE TABLE alarm.derived_clock (
    signal_id bigint PRIMARY KEY,
    evaluated_from timestamptz NOT NULL,
    evaluated_to timestamptz NOT NULL
) WITH (fillfactor = 50);
COMMENT ON TABLE alarm.derived_clock IS 'How far each of these signals was judged, on its sensor''s own time: the last run of alarm.judge_derived went from evaluated_from to evaluated_to.';
