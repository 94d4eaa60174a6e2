-- What is known of a condition stands in rows: it stood in some twenty lists.
CREATE TABLE alarm.condition (
    name text PRIMARY KEY CHECK (name ~ '^[a-z][a-z0-9_]{0,62}$'),
    place smallint NOT NULL DEFAULT 0,
    meaning text NOT NULL,
    subject text NOT NULL CHECK (subject IN ('sensor', 'equipment')),
    judged text NOT NULL CHECK (judged IN ('sample', 'clock', 'silence', 'expression', 'verdict')),
    limits text[] NOT NULL CHECK (limits <@ '{low_low,low,high,high_high}'),
    limits_needed text[] NOT NULL DEFAULT '{}' CHECK (limits_needed <@ limits),
    limits_hint text,
    steps boolean NOT NULL DEFAULT false,
    stands boolean NOT NULL DEFAULT true,
    quiet_band boolean NOT NULL DEFAULT true,
    series text CHECK (series ~ '^series_[a-z0-9_]+$')
);
COMMENT ON TABLE alarm.condition IS
    'What a rule can watch for. One row, one function and one test make a new condition; validation, assignment, backtest, API and documentation read it here. Only the owner of the schema writes it: series is called with the owner''s rights.';
COMMENT ON COLUMN alarm.condition.name IS 'alarm.rule.condition.';
COMMENT ON COLUMN alarm.condition.place IS 'Order in which conditions are listed.';
COMMENT ON COLUMN alarm.condition.meaning IS 'What number is held against the limits.';
COMMENT ON COLUMN alarm.condition.subject IS 'What one pair watches: a sensor, or a whole machine.';
COMMENT ON COLUMN alarm.condition.judged IS
    'By whom. sample: alarm.evaluate_batch, in the ingest transaction. clock: alarm.judge_derived, from series. silence: alarm.judge_derived, from when a sensor last spoke. expression: alarm.judge_expressions. verdict: whoever brings a model''s verdict or an estimate.';
COMMENT ON COLUMN alarm.condition.limits IS 'Limits that a rule may have. Empty: they come from elsewhere. Otherwise it must have low or high.';
COMMENT ON COLUMN alarm.condition.limits_needed IS 'Limits that a rule must have.';
COMMENT ON COLUMN alarm.condition.limits_hint IS 'Hint to who gives others.';
COMMENT ON COLUMN alarm.condition.steps IS 'The number is derived from one sample to the next, so each of them counts.';
COMMENT ON COLUMN alarm.condition.stands IS 'The latest value alone can be judged; otherwise a new limit waits for the next sample.';
COMMENT ON COLUMN alarm.condition.quiet_band IS 'A value between the limits leaves a normal state alone and need not be looked at.';
COMMENT ON COLUMN alarm.condition.series IS
    'Function in schema alarm with the arguments of alarm.series that gives the number over time. NULL: it has no history, and no backtest.';
REVOKE ALL ON alarm.condition FROM PUBLIC;

CREATE TABLE alarm.condition_parameter (
    condition text NOT NULL REFERENCES alarm.condition ON UPDATE CASCADE ON DELETE CASCADE,
    parameter text NOT NULL CHECK (length(parameter) BETWEEN 1 AND 64),
    type text NOT NULL CHECK (type IN ('number', 'count', 'text', 'interval')),
    required boolean NOT NULL DEFAULT false,
    choices text[],
    longest integer DEFAULT 200,
    meaning text NOT NULL,
    PRIMARY KEY (condition, parameter)
);
COMMENT ON TABLE alarm.condition_parameter IS
    'The members of alarm.rule.parameters that each condition knows. Conditions that are not listed have none.';
COMMENT ON COLUMN alarm.condition_parameter.type IS 'number: 0 or 1e-100 to 1e9. count: 1 to 10000. interval: 1 minute to 31 days. text.';
COMMENT ON COLUMN alarm.condition_parameter.choices IS 'The only values. NULL: any.';
COMMENT ON COLUMN alarm.condition_parameter.longest IS 'Characters that a text may have. NULL: said where it is parsed.';
COMMENT ON COLUMN alarm.condition_parameter.meaning IS 'Meaning, unit, default.';

-- sql/data fills them in; rules that exist refer to them now
INSERT INTO alarm.condition (name, meaning, subject, judged, limits)
SELECT DISTINCT r.condition, 'to be filled in', 'sensor', 'sample', '{}'::text[] FROM alarm.rule AS r;
ALTER TABLE alarm.rule DROP CONSTRAINT rule_condition_check;
ALTER TABLE alarm.rule ADD CONSTRAINT rule_condition_fkey FOREIGN KEY (condition) REFERENCES alarm.condition ON UPDATE CASCADE;
COMMENT ON COLUMN alarm.rule.condition IS
    'alarm.condition.name. above, below, outside, inside hold the value against the limits, the others a number that they derive first.';
COMMENT ON COLUMN alarm.rule.parameters IS 'What the derived conditions need: see alarm.condition_parameter.';
DROP FUNCTION IF EXISTS alarm.condition_parameters();
