-- Conditions: baselines per hour of the week and operating state, expressions in SQL; which transitions are told.

ALTER TABLE alarm.rule ALTER COLUMN notify DROP DEFAULT, ALTER COLUMN notify DROP NOT NULL;
COMMENT ON COLUMN alarm.rule.notify IS
    'Transitions that become an outbox row (alarm.transition.kind). NULL: the usual ones and whatever an enabled route names (alarm.told_kinds); a list: these and no others, {} none.';
-- who never chose gets what the new default says
SET LOCAL millwright.reason = 'migration 0003: the usual transitions, and those that a route names';
UPDATE alarm.rule SET notify = NULL WHERE notify = '{raised,severity_changed,cleared,acknowledged,realarmed,escalated}';

CREATE TABLE alarm.operating_state (
    equipment_id text NOT NULL,
    state text NOT NULL CHECK (length(state) BETWEEN 1 AND 64 AND state NOT IN ('*', 'each')),
    sensor text NOT NULL,
    low float8 NOT NULL DEFAULT '-Infinity',
    high float8 NOT NULL DEFAULT 'Infinity',
    PRIMARY KEY (equipment_id, state),
    CONSTRAINT operating_state_equipment_id_sensor_fkey FOREIGN KEY (equipment_id, sensor)
        REFERENCES plant.sensor (equipment_id, name) ON UPDATE CASCADE ON DELETE CASCADE,
    CONSTRAINT operating_state_high_check CHECK (high > low)
);
COMMENT ON TABLE alarm.operating_state IS
    'Which operating state a machine is in, told from one of its own sensors: the state whose band holds the sensor''s last value. All states of a machine name the same sensor and their bands do not overlap (refused otherwise). A value in no band is no state.';
COMMENT ON COLUMN alarm.operating_state.state IS 'Name of the state, as alarm.baseline.state has it.';
COMMENT ON COLUMN alarm.operating_state.sensor IS 'plant.sensor.name of the machine''s sensor that tells the state (speed, load, a status number …).';
COMMENT ON COLUMN alarm.operating_state.low IS 'The state holds from this value, in the sensor''s unit.';
COMMENT ON COLUMN alarm.operating_state.high IS 'Up to this value, exclusive.';
CREATE INDEX operating_state_equipment_id_sensor_idx ON alarm.operating_state (equipment_id, sensor);

ALTER TABLE alarm.baseline ADD COLUMN hour_of_week smallint NOT NULL DEFAULT -1 CHECK (hour_of_week BETWEEN -1 AND 167);
ALTER TABLE alarm.baseline DROP CONSTRAINT baseline_pkey, ADD PRIMARY KEY (sensor_id, state, hour_of_week);
COMMENT ON COLUMN alarm.baseline.state IS 'Operating state of the machine (alarm.operating_state); * for all.';
COMMENT ON COLUMN alarm.baseline.hour_of_week IS
    '0 (Monday from 0:00) to 167 (Sunday from 23:00) in the setting alarm.time_zone; -1: all hours together. Hours with too few samples have no row.';

COMMENT ON TABLE alarm.clock IS 'How far alarm.judge_derived has come with the conditions that are judged by a job (windowed, two_signal, no_data, baseline by hour or state).';

CREATE TABLE alarm.expression_run (
    rule_id bigint PRIMARY KEY,
    code text NOT NULL,
    evaluated_at timestamptz NOT NULL DEFAULT '-infinity',
    next_run timestamptz NOT NULL DEFAULT '-infinity',
    failures integer NOT NULL DEFAULT 0,
    duration interval,
    error text
);
-- no foreign key to alarm.rule: a session that deletes a rule and has not committed must not hold up the others' evaluation
COMMENT ON TABLE alarm.expression_run IS
    'When each expression rule was evaluated last and how that went. alarm.judge_expressions takes the oldest first, so that a slow one starves nobody.';
COMMENT ON COLUMN alarm.expression_run.code IS 'Code of its system alarm: expression:<name of the rule when it was evaluated>.';
COMMENT ON COLUMN alarm.expression_run.next_run IS 'Not before: an expression that was cut off for taking too long waits twice as long each time, up to an hour.';
COMMENT ON COLUMN alarm.expression_run.failures IS 'Failed evaluations since the last good one.';
COMMENT ON COLUMN alarm.expression_run.duration IS 'How long the last evaluation took, for all machines of the rule.';
COMMENT ON COLUMN alarm.expression_run.error IS 'SQLSTATE and message of the last failure; NULL when the last evaluation was good.';

COMMENT ON TABLE ops.job IS 'What runs by itself. Each thin process runs what is due, as CALL ops.run_due_jobs() does for psql; each due job runs once.';
COMMENT ON COLUMN ops.job.max_runtime IS 'A run that takes longer is cancelled and counts as failed (a worker that did not arm statement_timeout loses its session); 0: no limit.';
