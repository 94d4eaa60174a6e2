-- What is watched follows what is: signals that wait to be judged anew, sensors that wait for their rules, and the sweep.
-- In steps: a column with a default at once is refused where a function takes rows of the table (alarm.stories).
ALTER TABLE alarm.signal ADD COLUMN fresh boolean;
ALTER TABLE alarm.signal ALTER COLUMN fresh SET DEFAULT true;
UPDATE alarm.signal SET fresh = true;
ALTER TABLE alarm.signal ALTER COLUMN fresh SET NOT NULL;
COMMENT ON COLUMN alarm.signal.fresh IS 'Compiled anew and not yet held against the value that stands: alarm.tick does it within a second (alarm.judge_standing).';
CREATE INDEX signal_fresh_idx ON alarm.signal (id) WHERE fresh;

CREATE TABLE alarm.unassigned (
    equipment_id text PRIMARY KEY,
    since timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE alarm.unassigned IS
    'Machines with sensors that were registered while somebody else changed rules and had not committed: ingest does not wait, alarm.tick gives them their rules as soon as it can.';

CREATE TABLE alarm.sweep (
    singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
    swept_at timestamptz,
    mended bigint NOT NULL DEFAULT 0,
    last_mended_at timestamptz,
    compiler text
);
INSERT INTO alarm.sweep DEFAULT VALUES;
COMMENT ON TABLE alarm.sweep IS 'What alarm.sweep_assignments, the check that every rule watches what it selects, has found so far: one row.';
COMMENT ON COLUMN alarm.sweep.mended IS 'Sensors whose rules had to be put right. It should stay 0: each source of a signal has its trigger.';
COMMENT ON COLUMN alarm.sweep.compiler IS 'Fingerprint of the functions that compiled the signals; another one: all are compiled anew, which counts as nothing mended.';
