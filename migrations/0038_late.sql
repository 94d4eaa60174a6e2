-- Late points revise what a job judges, too: ingest notes them, the job takes them up.
ALTER TABLE alarm.derived_clock ADD COLUMN heard boolean NOT NULL DEFAULT true;
COMMENT ON COLUMN alarm.derived_clock.heard IS
    'false: the sensor had never spoken, so that it was taken to go by our time.';

CREATE TABLE alarm.derived_source (
    sensor_id integer NOT NULL,
    signal_id bigint NOT NULL,
    PRIMARY KEY (sensor_id, signal_id)
);
COMMENT ON TABLE alarm.derived_source IS
    'Of which sensors each signal in alarm.derived_clock makes its number: its own, another, the one that tells the '
    'state. Kept by alarm.judge_derived, which holds the table (EXCLUSIVE) while it runs; ingest asks without waiting '
    'whether it does (alarm.note_late).';
CREATE INDEX derived_source_signal_id_idx ON alarm.derived_source (signal_id);

CREATE TABLE alarm.late_sample (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    sensor_id integer NOT NULL,
    since timestamptz NOT NULL,
    reclocked boolean NOT NULL DEFAULT false
);
COMMENT ON TABLE alarm.late_sample IS
    'Points that came when a rule that alarm.judge_derived judges had been judged further: noted by ingest, one row a '
    'sensor and batch, taken up by the job''s next run (alarm.revise_derived).';
COMMENT ON COLUMN alarm.late_sample.since IS 'The earliest of them, time of measurement.';
COMMENT ON COLUMN alarm.late_sample.reclocked IS 'The sensor''s clock was put back to this time.';
