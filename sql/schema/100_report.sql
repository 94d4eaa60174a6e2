-- Reports: what they consist of, and when which of them is sent where. The numbers are functions of schema report.

CREATE DOMAIN report.share AS float8;
COMMENT ON DOMAIN report.share IS 'Part of a whole, 0 to 1; reports print it in per cent.';

CREATE TABLE report.definition (
    name text PRIMARY KEY CONSTRAINT definition_name_check CHECK (name ~ '^[a-z][a-z0-9_]{0,31}$'),
    place smallint NOT NULL UNIQUE,
    span text NOT NULL CONSTRAINT definition_span_check CHECK (span IN ('shift', 'days', 'past', 'future')),
    length interval CONSTRAINT definition_length_check CHECK (length > INTERVAL '0' AND length <= INTERVAL '10 years'),
    CONSTRAINT definition_span_length_check CHECK ((span = 'shift') = (length IS NULL))
);
COMMENT ON TABLE report.definition IS
    'The reports, one row each; its title is the phrase report.<name>. What it consists of: report.section. Only the owner of the schema writes here: sections are called with the rights of whoever has them printed.';
COMMENT ON COLUMN report.definition.place IS 'Order in which reports are listed.';
COMMENT ON COLUMN report.definition.span IS
    'What time it is about where nobody says: shift, the one that ended last; days, as many whole days of the plant before today as length has; past, length up to now; future, length from now on.';
COMMENT ON COLUMN report.definition.length IS 'See span.';

CREATE TABLE report.section (
    report text NOT NULL REFERENCES report.definition ON UPDATE CASCADE ON DELETE CASCADE,
    place smallint NOT NULL,
    function text NOT NULL CONSTRAINT section_function_check CHECK (function ~ '^[a-z_][a-z0-9_]*[.][a-z_][a-z0-9_]*$'),
    PRIMARY KEY (report, place)
);
COMMENT ON TABLE report.section IS
    'What a report consists of: a section is a function with the arguments ("from" timestamptz, "to" timestamptz, machine text, zone text) that returns a table. One row and one function make a new section. Its heading is the phrase section.<function>, a remark under it note.<function>, what it says without rows empty.<function>, a column''s heading column.<name>.';
COMMENT ON COLUMN report.section.function IS 'schema.name of the function, of which there is one.';
REVOKE ALL ON report.definition, report.section FROM PUBLIC;

CREATE TABLE report.schedule (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL UNIQUE CHECK (length(name) BETWEEN 1 AND 64),
    report text NOT NULL REFERENCES report.definition ON UPDATE CASCADE ON DELETE CASCADE,
    channel_id integer NOT NULL REFERENCES relay.channel ON DELETE CASCADE,
    format text NOT NULL DEFAULT 'html' CONSTRAINT schedule_format_check CHECK (format IN ('text', 'html')),
    times time[] NOT NULL CONSTRAINT schedule_times_check
        CHECK (cardinality(times) BETWEEN 1 AND 24 AND array_ndims(times) = 1 AND array_position(times, NULL) IS NULL),
    weekdays smallint[] NOT NULL DEFAULT '{1,2,3,4,5,6,7}' CONSTRAINT schedule_weekdays_check
        CHECK (cardinality(weekdays) BETWEEN 1 AND 7 AND weekdays <@ '{1,2,3,4,5,6,7}'::smallint[]),
    equipment_id text REFERENCES plant.equipment ON UPDATE CASCADE ON DELETE CASCADE,
    enabled boolean NOT NULL DEFAULT true,
    done_to timestamptz NOT NULL DEFAULT clock_timestamp(),
    attempts integer NOT NULL DEFAULT 0,
    next_attempt_at timestamptz,
    last_error text
);
COMMENT ON TABLE report.schedule IS
    'Which report is sent when to which channel. Each due time ends up in report.run once: the job report.send_due makes the report and queues its delivery in one transaction. INSERT, UPDATE and DELETE in psql are welcome (administrators).';
COMMENT ON COLUMN report.schedule.format IS
    'html: e-mail carries it beside the text. Other kinds of channels get the text either way.';
COMMENT ON COLUMN report.schedule.times IS
    'Times of day in the plant''s zone (setting plant.time_zone). One that a change of clocks leaves out is as much later; one that comes twice counts the second time.';
COMMENT ON COLUMN report.schedule.weekdays IS 'ISO: 1 Monday to 7 Sunday.';
COMMENT ON COLUMN report.schedule.equipment_id IS 'Of one machine. NULL: all.';
COMMENT ON COLUMN report.schedule.done_to IS 'Due times up to here are done. One that report.run has is not done again.';
COMMENT ON COLUMN report.schedule.attempts IS 'Failed attempts at the due time that is open (setting report.attempts: after so many it is given up).';
COMMENT ON COLUMN report.schedule.last_error IS 'SQLSTATE and message of the last failure; NULL when the last attempt was good.';
CREATE INDEX schedule_report_idx ON report.schedule (report);
CREATE INDEX schedule_channel_id_idx ON report.schedule (channel_id);
CREATE INDEX schedule_equipment_id_idx ON report.schedule (equipment_id) WHERE equipment_id IS NOT NULL;

CREATE TABLE report.run (
    schedule_id integer NOT NULL REFERENCES report.schedule ON DELETE CASCADE,
    due_at timestamptz NOT NULL,
    status text NOT NULL CONSTRAINT run_status_check CHECK (status IN ('queued', 'missed', 'failed')),
    delivery_id bigint,
    error text,
    decided_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    told_with timestamptz,
    PRIMARY KEY (schedule_id, due_at)
);
COMMENT ON TABLE report.run IS
    'What became of each due time of report.schedule; kept as long as the setting report.run_retention says.';
COMMENT ON COLUMN report.run.status IS
    'queued: its delivery is in relay.delivery. missed: when it was noticed a later one was due already, or the schedule was changed. failed: given up after the setting report.attempts.';
COMMENT ON COLUMN report.run.delivery_id IS 'relay.delivery.id; that row may be gone already.';
COMMENT ON COLUMN report.run.error IS 'SQLSTATE and message.';
COMMENT ON COLUMN report.run.told_with IS 'missed or failed: due_at of the later report that said so.';
CREATE INDEX run_decided_at_idx ON report.run (decided_at);
