
CREATE SCHEMA alarm;

COMMENT ON SCHEMA alarm IS 'Alarm rules, their durable state, alarms and their transitions, KPIs (ISA-18.2).';

CREATE SCHEMA alarm_scratch;

COMMENT ON SCHEMA alarm_scratch IS 'Where alarm.parse_expression has the server parse a rule''s SQL. Always empty.';

CREATE SCHEMA api;

COMMENT ON SCHEMA api IS 'What HTTP calls: one function per endpoint, and the route table.';

CREATE SCHEMA auth;

COMMENT ON SCHEMA auth IS 'Users, sessions, API keys and the audit trail.';

CREATE SCHEMA grafana;

COMMENT ON SCHEMA grafana IS 'Views with the names and columns that the boards of the original system query. First in the search_path of grafana_reader.';

CREATE SCHEMA ingest;

COMMENT ON SCHEMA ingest IS 'The way in: payload decoders, acceptance of a batch, quarantine and replay.';

CREATE SCHEMA ml;

COMMENT ON SCHEMA ml IS 'serve_ml bundles, aliases, predictions, baselines and remaining useful life.';

CREATE SCHEMA ops;

COMMENT ON SCHEMA ops IS 'How the product runs: jobs, health, metrics, settings, the migration ledger.';

CREATE SCHEMA plant;

COMMENT ON SCHEMA plant IS 'What stands in the factory: equipment, sensors, maintenance.';

CREATE SCHEMA relay;

COMMENT ON SCHEMA relay IS 'The way out: outbox in delivery order, channels, routes, deliveries and dead letters.';

CREATE SCHEMA report;

COMMENT ON SCHEMA report IS 'Views for people who report with psql and for Grafana.';

CREATE SCHEMA rollup;

COMMENT ON SCHEMA rollup IS 'Continuous aggregates over telemetry: what Grafana and reports read.';

CREATE SCHEMA telemetry;

COMMENT ON SCHEMA telemetry IS 'Measured points as they came (hypertable) and the latest value of each sensor.';

CREATE TYPE alarm.outcome AS (
	signal_id bigint,
	active_before smallint,
	active smallint,
	since timestamp with time zone[],
	next_due timestamp with time zone,
	last_time timestamp with time zone,
	last_value double precision,
	zone smallint,
	peak double precision,
	anchor_time timestamp with time zone,
	anchor_value double precision,
	raises timestamp with time zone[],
	chattering boolean,
	event_time timestamp with time zone[],
	event_active smallint[],
	event_value double precision[],
	event_peak double precision[]
);

COMMENT ON TYPE alarm.outcome IS 'What the state machine made of some samples of one signal: its new state and the changes on the way, in time order.';

CREATE TYPE ingest.point AS (
	ordinal integer,
	equipment text,
	sensor text,
	sensor_type text,
	unit text,
	"time" timestamp with time zone,
	value double precision,
	quality smallint,
	is_historical boolean,
	error text,
	error_detail text
);

COMMENT ON TYPE ingest.point IS 'What a decoder returns per measured value: which message of the batch (ordinal), whose signal, when, how much; or an error code that sends the message to quarantine. unit is what the message says, NULL where it says nothing. A JSON boolean is value 1 or 0 with error not_binary, which counts only where the sensor is of no binary type.';

CREATE TYPE ingest.stated_point AS (
	sensor_id integer,
	"time" timestamp with time zone,
	value double precision,
	unit text,
	quality smallint,
	is_historical boolean,
	ordinal integer,
	detail text
);

COMMENT ON TYPE ingest.stated_point IS 'A point of a known sensor with the unit that it came in; ordinal and detail say which message, and which member of it, it is. What ingest.in_sensor_units takes.';

CREATE TYPE ml.spoken AS (
	equipment_id text,
	power text,
	bundle_kind text,
	model_version text,
	"time" timestamp with time zone
);

COMMENT ON TYPE ml.spoken IS 'Which bundle said something, and when: the key of a prediction of a champion (ml.judge_regressors).';

CREATE TYPE ml.trend_fit AS (
	blocks integer,
	span double precision,
	drift double precision,
	diffusion double precision,
	noise double precision,
	level double precision,
	level_se double precision,
	misfit double precision
);

COMMENT ON TYPE ml.trend_fit IS 'What ml.trend_fit makes of a series: how many values over how many hours; drift for each hour; diffusion: the variance that each hour adds; noise: the variance of one value about the path; level now and its standard error; misfit: mean distance from the straight line.';

CREATE TYPE plant.advice_case AS (
	n integer,
	rul double precision,
	low double precision,
	high double precision,
	elapsed double precision,
	age double precision,
	failure double precision,
	preventive double precision,
	risk double precision
);

COMMENT ON TYPE plant.advice_case IS 'What plant.advice_optima decides about: remaining life with its 80 % interval as it was estimated, hours since then, hours served by now, costs of a failure and of a replacement before it, and a probability.';

CREATE TYPE plant.life_row AS (
	line integer,
	outcome text,
	reason text,
	equipment_id text,
	component text,
	component_type text,
	component_id bigint,
	installed_at timestamp with time zone,
	removed_at timestamp with time zone,
	end_reason text,
	age_hours double precision,
	part text,
	serial_number text,
	note text,
	cause text,
	down_from timestamp with time zone,
	down_to timestamp with time zone
);

COMMENT ON TYPE plant.life_row IS 'A row of a file of lives as it was read, and what becomes of it: outcome stored, ended (an open life gets its end), unchanged or refused, with the reason.';

CREATE DOMAIN report.share AS double precision;

COMMENT ON DOMAIN report.share IS 'Part of a whole, 0 to 1; reports print it in per cent.';

CREATE TABLE alarm.alarm (
    id bigint NOT NULL,
    rule_id bigint,
    rule_version integer,
    code text NOT NULL,
    signal_id bigint,
    equipment_id text,
    sensor_id integer,
    condition text NOT NULL,
    level text NOT NULL,
    severity text NOT NULL,
    worst_severity text NOT NULL,
    value double precision,
    limit_value double precision,
    peak_value double precision,
    raised_at timestamp with time zone NOT NULL,
    cleared_at timestamp with time zone,
    active boolean DEFAULT true NOT NULL,
    acknowledged boolean DEFAULT false NOT NULL,
    acknowledged_at timestamp with time zone,
    acknowledged_by text,
    confirmed boolean DEFAULT false NOT NULL,
    confirmed_at timestamp with time zone,
    confirmed_by text,
    shelved text,
    shelved_until timestamp with time zone,
    suppressed_by text[] DEFAULT '{}'::text[] NOT NULL,
    out_of_service boolean DEFAULT false NOT NULL,
    latched boolean DEFAULT false NOT NULL,
    chattering boolean DEFAULT false NOT NULL,
    occurrences integer DEFAULT 1 NOT NULL,
    re_alarms integer DEFAULT 0 NOT NULL,
    announced_at timestamp with time zone NOT NULL,
    escalated_at timestamp with time zone,
    kept_message jsonb,
    data jsonb DEFAULT '{}'::jsonb NOT NULL,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    updated_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    told boolean DEFAULT false NOT NULL,
    retracted_at timestamp with time zone,
    CONSTRAINT alarm_cleared_at_check CHECK ((active = (cleared_at IS NULL))),
    CONSTRAINT alarm_code_check CHECK (((length(code) >= 1) AND (length(code) <= 200))),
    CONSTRAINT alarm_retracted_at_check CHECK (((retracted_at IS NULL) OR (NOT active))),
    CONSTRAINT alarm_shelved_check CHECK ((shelved = ANY (ARRAY['one_shot'::text, 'timed'::text])))
)
WITH (fillfactor='80');

COMMENT ON TABLE alarm.alarm IS 'One row per alarm from raise to clear; the axes of OPC UA Part 9 are independent columns. Operators act through functions (alarm.acknowledge …), never by UPDATE. No foreign keys: history outlives machines and rules, and only alarm.settle and alarm.raise_event write here, in the ingest transaction, where each key would cost a look-up per alarm.';

COMMENT ON COLUMN alarm.alarm.rule_id IS 'alarm.rule.id; NULL for system and model alarms that no rule raised.';

COMMENT ON COLUMN alarm.alarm.code IS 'Name of the rule when it was raised, or the code of a system failure.';

COMMENT ON COLUMN alarm.alarm.level IS 'low_low, low, high, high_high, inside, or what the condition names.';

COMMENT ON COLUMN alarm.alarm.severity IS 'Now; may rise and fall while the alarm is active.';

COMMENT ON COLUMN alarm.alarm.value IS 'Value at the last transition of the active axis.';

COMMENT ON COLUMN alarm.alarm.peak_value IS 'Most extreme value while active.';

COMMENT ON COLUMN alarm.alarm.raised_at IS 'Time of the process: when the value had been beyond the limit for the on-delay.';

COMMENT ON COLUMN alarm.alarm.active IS 'The condition stands (or is latched).';

COMMENT ON COLUMN alarm.alarm.shelved IS 'one_shot: until it clears; timed: until shelved_until.';

COMMENT ON COLUMN alarm.alarm.suppressed_by IS 'Why it is kept from the operators: maintenance:<id>, parent:<alarm id>, flood, operator. Empty: not suppressed.';

COMMENT ON COLUMN alarm.alarm.announced_at IS 'Last raised or re-announced: re-alarm and escalation count from here.';

COMMENT ON COLUMN alarm.alarm.kept_message IS 'Text by language, of an alarm from before texts were made when they are read. alarm.message(alarm) reads either.';

COMMENT ON COLUMN alarm.alarm.created_at IS 'When the row was written (raised_at is process time).';

COMMENT ON COLUMN alarm.alarm.told IS 'The stream of notifications has said that it stands. What was raised while it was held is told when the hold ends, and only what was told is told to have cleared.';

COMMENT ON COLUMN alarm.alarm.retracted_at IS 'Taken back: samples that came later say that it never was. It counts in no figure. NULL: a real alarm.';

ALTER TABLE alarm.alarm ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME alarm.alarm_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE alarm.allowed_routine (
    kind text NOT NULL,
    name text NOT NULL,
    arguments text DEFAULT '*'::text NOT NULL,
    at_most integer,
    enabled boolean DEFAULT true NOT NULL,
    description text,
    CONSTRAINT allowed_routine_arguments_check CHECK (((length(arguments) >= 0) AND (length(arguments) <= 500))),
    CONSTRAINT allowed_routine_at_most_check CHECK ((at_most > 0)),
    CONSTRAINT allowed_routine_description_check CHECK ((length(description) <= 1000)),
    CONSTRAINT allowed_routine_kind_check CHECK ((kind = ANY (ARRAY['function'::text, 'operator'::text]))),
    CONSTRAINT allowed_routine_name_check CHECK (((name ~ '^[a-z_][a-z0-9_]*[.].+$'::text) AND (length(name) <= 128)))
);

COMMENT ON TABLE alarm.allowed_routine IS 'The functions (aggregates, window functions and casts are functions, too) and operators that parameters.sql of a rule may use. What builds big values, waits, writes or reaches outside does not belong here. Extended by an administrator; a seeded row that is not wanted is disabled, not deleted.';

COMMENT ON COLUMN alarm.allowed_routine.name IS 'schema.name';

COMMENT ON COLUMN alarm.allowed_routine.arguments IS 'Argument types as pg_catalog.oidvectortypes prints them (''double precision, double precision''). *: every one of the name whose argument and result types are all in alarm.allowed_type, no set returned. A signature of its own goes before *.';

COMMENT ON COLUMN alarm.allowed_routine.at_most IS 'How often one expression may use it. NULL: any number.';

CREATE TABLE alarm.allowed_type (
    type text NOT NULL,
    from_text boolean NOT NULL,
    enabled boolean DEFAULT true NOT NULL,
    CONSTRAINT allowed_type_type_check CHECK ((length(type) <= 128))
);

COMMENT ON TABLE alarm.allowed_type IS 'The types of which parameters.sql of a rule may hold values (and constants that are arrays of them). Extended by an administrator.';

COMMENT ON COLUMN alarm.allowed_type.from_text IS 'Whether it may be made of a text at run time: (sensors ->> ''x'')::float8. A text may say much more than it is long, so not numeric (1e131071); one that names a time zone stays in the server''s memory, so no times.';

CREATE TABLE alarm.baseline (
    sensor_id integer NOT NULL,
    state text DEFAULT '*'::text NOT NULL,
    centre double precision NOT NULL,
    spread double precision NOT NULL,
    lowest double precision NOT NULL,
    highest double precision NOT NULL,
    samples bigint NOT NULL,
    learned_from timestamp with time zone NOT NULL,
    learned_to timestamp with time zone NOT NULL,
    learned_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    hour_of_week smallint DEFAULT '-1'::integer NOT NULL,
    CONSTRAINT baseline_hour_of_week_check CHECK (((hour_of_week >= '-1'::integer) AND (hour_of_week <= 167))),
    CONSTRAINT baseline_number_check CHECK (((abs(centre) <= ('10000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000'::numeric)::double precision) AND ((spread >= (0.000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000001)::double precision) AND (spread <= ('1000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000'::numeric)::double precision)))),
    CONSTRAINT baseline_spread_check CHECK ((spread > (0)::double precision)),
    CONSTRAINT baseline_state_check CHECK (((length(state) >= 1) AND (length(state) <= 64)))
);

COMMENT ON TABLE alarm.baseline IS 'What is normal for a sensor, learned by alarm.learn_baseline from a time that was: robust centre (median) and spread (1.4826 × median absolute deviation, which for a normal distribution is the standard deviation).';

COMMENT ON COLUMN alarm.baseline.state IS 'Operating state of the machine (alarm.operating_state); * for all.';

COMMENT ON COLUMN alarm.baseline.spread IS 'In the sensor''s unit; at least the smallest step between its values.';

COMMENT ON COLUMN alarm.baseline.hour_of_week IS '0 (Monday from 0:00) to 167 (Sunday from 23:00) in the setting plant.time_zone; -1: all hours together. Hours with too few samples have no row.';

CREATE TABLE alarm.checkpoint (
    signal_id bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    holds_until timestamp with time zone,
    state jsonb,
    after_alarm bigint NOT NULL,
    open_alarm bigint,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);

COMMENT ON TABLE alarm.checkpoint IS 'States of machines as they were, to go back to when samples arrive that belong before what was judged already: late ones, and those that the clock did not wait for (alarm.revise). Kept as long as a point can be late without being historical.';

COMMENT ON COLUMN alarm.checkpoint.at IS 'The machine''s clock: every sample up to it is in the state, none after it.';

COMMENT ON COLUMN alarm.checkpoint.holds_until IS 'The state held, quiet, until this first sample that was looked at again; NULL: no longer than at.';

COMMENT ON COLUMN alarm.checkpoint.state IS 'A row of alarm.state; NULL: as if no sample had ever been looked at.';

COMMENT ON COLUMN alarm.checkpoint.after_alarm IS 'Alarms with greater ids were raised after it.';

COMMENT ON COLUMN alarm.checkpoint.open_alarm IS 'The alarm that stood then.';

CREATE TABLE alarm.clock (
    condition text NOT NULL,
    evaluated_to timestamp with time zone NOT NULL
);

COMMENT ON TABLE alarm.clock IS 'When alarm.judge_derived was first run for each of the conditions that are judged by a job (windowed, two_signal, no_data, baseline by hour or state), and how far it has come: a new signal begins there.';

CREATE TABLE alarm.condition (
    name text NOT NULL,
    place smallint DEFAULT 0 NOT NULL,
    meaning text NOT NULL,
    subject text NOT NULL,
    judged text NOT NULL,
    limits text[] NOT NULL,
    limits_needed text[] DEFAULT '{}'::text[] NOT NULL,
    limits_hint text,
    steps boolean DEFAULT false NOT NULL,
    stands boolean DEFAULT true NOT NULL,
    quiet_band boolean DEFAULT true NOT NULL,
    series text,
    each_minute boolean DEFAULT false NOT NULL,
    may_be_unjudged boolean DEFAULT false NOT NULL,
    CONSTRAINT condition_check CHECK ((limits_needed <@ limits)),
    CONSTRAINT condition_judged_check CHECK ((judged = ANY (ARRAY['sample'::text, 'clock'::text, 'silence'::text, 'expression'::text, 'verdict'::text]))),
    CONSTRAINT condition_limits_check CHECK ((limits <@ '{low_low,low,high,high_high}'::text[])),
    CONSTRAINT condition_name_check CHECK ((name ~ '^[a-z][a-z0-9_]{0,62}$'::text)),
    CONSTRAINT condition_series_check CHECK ((series ~ '^series_[a-z0-9_]+$'::text)),
    CONSTRAINT condition_subject_check CHECK ((subject = ANY (ARRAY['sensor'::text, 'equipment'::text])))
);

COMMENT ON TABLE alarm.condition IS 'What a rule can watch for. One row, one function and one test make a new condition; validation, assignment, backtest, API and documentation read it here. Only the owner of the schema writes it: series is called with the owner''s rights.';

COMMENT ON COLUMN alarm.condition.name IS 'alarm.rule.condition.';

COMMENT ON COLUMN alarm.condition.place IS 'Order in which conditions are listed.';

COMMENT ON COLUMN alarm.condition.meaning IS 'What number is held against the limits.';

COMMENT ON COLUMN alarm.condition.subject IS 'What one pair watches: a sensor, or a whole machine.';

COMMENT ON COLUMN alarm.condition.judged IS 'By whom. sample: alarm.evaluate_batch, in the ingest transaction. clock: alarm.judge_derived, from series. silence: alarm.judge_derived, from when a sensor last spoke. expression: alarm.judge_expressions. verdict: whoever brings a model''s verdict or an estimate.';

COMMENT ON COLUMN alarm.condition.limits IS 'Limits that a rule may have. Empty: they come from elsewhere. Otherwise it must have low or high.';

COMMENT ON COLUMN alarm.condition.limits_needed IS 'Limits that a rule must have.';

COMMENT ON COLUMN alarm.condition.limits_hint IS 'Hint to who gives others.';

COMMENT ON COLUMN alarm.condition.steps IS 'The number is derived from one sample to the next, so each of them counts.';

COMMENT ON COLUMN alarm.condition.stands IS 'The latest value alone can be judged; otherwise a new limit waits for the next sample.';

COMMENT ON COLUMN alarm.condition.quiet_band IS 'A value between the limits leaves a normal state alone and need not be looked at.';

COMMENT ON COLUMN alarm.condition.series IS 'Function in schema alarm with the arguments of alarm.series that gives the number over time. NULL: it has no history, and no backtest.';

COMMENT ON COLUMN alarm.condition.each_minute IS 'Its series has one number at each full minute, made of the minutes before: the rollup of a minute says the same.';

COMMENT ON COLUMN alarm.condition.may_be_unjudged IS 'A sensor may lack what it takes (a baseline, a class, another sensor): alarm.compile then makes no signal.';

CREATE TABLE alarm.condition_parameter (
    condition text NOT NULL,
    parameter text NOT NULL,
    type text NOT NULL,
    required boolean DEFAULT false NOT NULL,
    choices text[],
    longest integer DEFAULT 200,
    meaning text NOT NULL,
    CONSTRAINT condition_parameter_parameter_check CHECK (((length(parameter) >= 1) AND (length(parameter) <= 64))),
    CONSTRAINT condition_parameter_type_check CHECK ((type = ANY (ARRAY['number'::text, 'count'::text, 'text'::text, 'interval'::text])))
);

COMMENT ON TABLE alarm.condition_parameter IS 'The members of alarm.rule.parameters that each condition knows. Conditions that are not listed have none.';

COMMENT ON COLUMN alarm.condition_parameter.type IS 'number: 0 or 1e-100 to 1e9. count: 1 to 10000. interval: 1 minute to 31 days. text.';

COMMENT ON COLUMN alarm.condition_parameter.choices IS 'The only values. NULL: any.';

COMMENT ON COLUMN alarm.condition_parameter.longest IS 'Characters that a text may have. NULL: said where it is parsed.';

COMMENT ON COLUMN alarm.condition_parameter.meaning IS 'Meaning, unit, default.';

CREATE TABLE alarm.derived_clock (
    signal_id bigint NOT NULL,
    evaluated_from timestamp with time zone NOT NULL,
    evaluated_to timestamp with time zone NOT NULL,
    heard boolean DEFAULT true NOT NULL
)
WITH (fillfactor='50');

COMMENT ON TABLE alarm.derived_clock IS 'How far each of these signals was judged, on its sensor''s own time: the last run of alarm.judge_derived went from evaluated_from to evaluated_to.';

COMMENT ON COLUMN alarm.derived_clock.heard IS 'false: the sensor had never spoken, so that it was taken to go by our time.';

CREATE TABLE alarm.derived_source (
    sensor_id integer NOT NULL,
    signal_id bigint NOT NULL
);

COMMENT ON TABLE alarm.derived_source IS 'Of which sensors each signal in alarm.derived_clock makes its number: its own, another, the one that tells the state. Kept by alarm.judge_derived, which holds the table (EXCLUSIVE) while it runs; ingest asks without waiting whether it does (alarm.note_late).';

CREATE TABLE alarm.expression_run (
    rule_id bigint NOT NULL,
    code text NOT NULL,
    evaluated_at timestamp with time zone DEFAULT '-infinity'::timestamp with time zone NOT NULL,
    next_run timestamp with time zone DEFAULT '-infinity'::timestamp with time zone NOT NULL,
    failures integer DEFAULT 0 NOT NULL,
    duration interval,
    error text,
    approved_under text
);

COMMENT ON TABLE alarm.expression_run IS 'When each expression rule was evaluated last and how that went. alarm.judge_expressions takes the oldest first, so that a slow one starves nobody.';

COMMENT ON COLUMN alarm.expression_run.code IS 'Code of its system alarm: expression:<name of the rule when it was evaluated>.';

COMMENT ON COLUMN alarm.expression_run.next_run IS 'Not before: an expression that was cut off for taking too long waits twice as long each time, up to an hour.';

COMMENT ON COLUMN alarm.expression_run.failures IS 'Failed evaluations since the last good one.';

COMMENT ON COLUMN alarm.expression_run.duration IS 'How long the last evaluation took, for all machines of the rule.';

COMMENT ON COLUMN alarm.expression_run.error IS 'SQLSTATE and message of the last failure; NULL when the last evaluation was good.';

COMMENT ON COLUMN alarm.expression_run.approved_under IS 'Fingerprint of the rule''s SQL and of what it may use (alarm.allowance_state) when it was judged last; another one: it is judged again before it runs.';

CREATE TABLE alarm.feedback (
    alarm_id bigint NOT NULL,
    person text NOT NULL,
    verdict text NOT NULL,
    reason text,
    equipment_id text,
    raised_at timestamp with time zone NOT NULL,
    given_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT feedback_person_check CHECK (((length(person) >= 1) AND (length(person) <= 200))),
    CONSTRAINT feedback_reason_check CHECK ((length(reason) <= 2000)),
    CONSTRAINT feedback_verdict_check CHECK ((verdict = ANY (ARRAY['right'::text, 'false'::text, 'useless'::text])))
);

COMMENT ON TABLE alarm.feedback IS 'What people say of alarms, one word of each person and alarm, the last that they said; what they said before stands in alarm.transition. Written by alarm.give_feedback. A source of plant.label.';

COMMENT ON COLUMN alarm.feedback.verdict IS 'right: there was something. false: there was nothing. useless: nobody needs to know.';

COMMENT ON COLUMN alarm.feedback.raised_at IS 'Of the alarm: what is left to say of it when it is gone.';

CREATE TABLE alarm.hold (
    id bigint NOT NULL,
    signal_id bigint,
    code text NOT NULL,
    equipment_id text,
    kind text NOT NULL,
    until timestamp with time zone,
    actor text NOT NULL,
    comment text,
    started_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    ended_at timestamp with time zone,
    ended_by text,
    CONSTRAINT hold_comment_check CHECK ((length(comment) <= 4000)),
    CONSTRAINT hold_kind_check CHECK ((kind = ANY (ARRAY['one_shot'::text, 'timed'::text, 'suppressed'::text, 'out_of_service'::text]))),
    CONSTRAINT hold_until_check CHECK ((until > started_at))
);

COMMENT ON TABLE alarm.hold IS 'Shelvings, operators'' suppressions and out-of-service marks. They belong to rule and sensor (signal_id; a system alarm: code), not to one alarm: an alarm that is raised again meanwhile is held too.';

COMMENT ON COLUMN alarm.hold.kind IS 'one_shot: shelved until the alarm clears, at most until; timed: shelved until; the others until they are ended.';

COMMENT ON COLUMN alarm.hold.ended_at IS 'NULL: still holds.';

ALTER TABLE alarm.hold ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME alarm.hold_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE alarm.known_fault (
    id bigint NOT NULL,
    equipment_id text NOT NULL,
    starts_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    label text,
    source text,
    CONSTRAINT known_fault_label_check CHECK ((length(label) <= 200)),
    CONSTRAINT known_fault_source_check CHECK ((length(source) <= 200)),
    CONSTRAINT known_fault_time_check CHECK ((ends_at > starts_at))
);

COMMENT ON TABLE alarm.known_fault IS 'When a machine is known to have been faulty (from work orders, labels of a recording …): what backtests are held against.';

ALTER TABLE alarm.known_fault ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME alarm.known_fault_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE alarm.known_sensor_type (
    type text NOT NULL,
    quantity text NOT NULL,
    CONSTRAINT known_sensor_type_type_check CHECK (((length(type) >= 1) AND (length(type) <= 64)))
);

COMMENT ON TABLE alarm.known_sensor_type IS 'Sensor types that a rule may select although no sensor has them yet. A type that neither stands here nor on a sensor is taken for a spelling mistake.';

CREATE TABLE alarm.late_sample (
    id bigint NOT NULL,
    sensor_id integer NOT NULL,
    since timestamp with time zone NOT NULL,
    reclocked boolean DEFAULT false NOT NULL
);

COMMENT ON TABLE alarm.late_sample IS 'Points that came when a rule that alarm.judge_derived judges had been judged further: noted by ingest, one row a sensor and batch, taken up by the job''s next run (alarm.revise_derived).';

COMMENT ON COLUMN alarm.late_sample.since IS 'The earliest of them, time of measurement.';

COMMENT ON COLUMN alarm.late_sample.reclocked IS 'The sensor''s clock was put back to this time.';

ALTER TABLE alarm.late_sample ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME alarm.late_sample_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE alarm.message_template (
    condition text NOT NULL,
    language text NOT NULL,
    body text NOT NULL,
    CONSTRAINT message_template_body_check CHECK (((length(body) >= 1) AND (length(body) <= 2000))),
    CONSTRAINT message_template_condition_check CHECK (((length(condition) >= 1) AND (length(condition) <= 64)))
);

COMMENT ON TABLE alarm.message_template IS 'Text of an alarm per condition and language where the rule has none of its own. Fields in braces: see alarm.template_fields().';

COMMENT ON COLUMN alarm.message_template.condition IS 'alarm.rule.condition, or what of the system failed (what its alarm''s code begins with); that and '':fault'' where a classifier names a fault, that and '':cleared'' when it clears; system, cleared and * for all that have no text of their own (alarm.template_keys).';

CREATE TABLE alarm.multivariate_clock (
    equipment_id text NOT NULL,
    sensors integer[] NOT NULL,
    width interval NOT NULL,
    signals_since timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    summed_to timestamp with time zone NOT NULL,
    learned_at timestamp with time zone,
    CONSTRAINT multivariate_clock_sensors_check CHECK ((cardinality(sensors) >= 2)),
    CONSTRAINT multivariate_clock_width_check CHECK ((width > '00:00:00'::interval))
);

COMMENT ON TABLE alarm.multivariate_clock IS 'Which signals of a machine are looked at together, and how far their sums have come (alarm.learn_multivariate).';

COMMENT ON COLUMN alarm.multivariate_clock.sensors IS 'plant.sensor.id, ascending.';

COMMENT ON COLUMN alarm.multivariate_clock.width IS 'Length of the buckets whose means are taken together (setting alarm.multivariate_bucket).';

COMMENT ON COLUMN alarm.multivariate_clock.signals_since IS 'Since when these are the signals. When they change, the sums are made anew from what is stored.';

COMMENT ON COLUMN alarm.multivariate_clock.learned_at IS 'When alarm.multivariate_model was made of the sums last.';

CREATE TABLE alarm.multivariate_exclusion (
    sensor_id integer NOT NULL,
    reason text,
    set_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    set_by text DEFAULT SESSION_USER NOT NULL,
    CONSTRAINT multivariate_exclusion_reason_check CHECK ((length(reason) <= 2000))
);

COMMENT ON TABLE alarm.multivariate_exclusion IS 'Sensors that condition multivariate leaves out, though their machine has them: counters, set points.';

CREATE TABLE alarm.multivariate_hour (
    equipment_id text NOT NULL,
    state text NOT NULL,
    bucket timestamp with time zone NOT NULL,
    samples integer NOT NULL,
    mean double precision[] NOT NULL,
    comoment double precision[] NOT NULL,
    CONSTRAINT multivariate_hour_comoment_check CHECK ((cardinality(comoment) = ((cardinality(mean) * (cardinality(mean) + 1)) / 2))),
    CONSTRAINT multivariate_hour_samples_check CHECK ((samples > 0)),
    CONSTRAINT multivariate_hour_state_check CHECK (((length(state) >= 1) AND (length(state) <= 64)))
);

COMMENT ON TABLE alarm.multivariate_hour IS 'Sums of an hour of a machine in an operating state, over buckets in which all its signals spoke. They add up (Chan, Golub and LeVeque 1979), so means and covariances of any hours can be made of them.';

COMMENT ON COLUMN alarm.multivariate_hour.state IS 'Operating state (alarm.operating_state); *: the machine has none.';

COMMENT ON COLUMN alarm.multivariate_hour.bucket IS 'Start of the hour (UTC).';

COMMENT ON COLUMN alarm.multivariate_hour.samples IS 'Buckets (alarm.multivariate_clock.width).';

COMMENT ON COLUMN alarm.multivariate_hour.mean IS 'Per signal, in the order of alarm.multivariate_clock.sensors.';

COMMENT ON COLUMN alarm.multivariate_hour.comoment IS 'Sum of (x - mean x)(y - mean y) per pair of signals: (1,1), (1,2) … (1,p), (2,2) …';

CREATE TABLE alarm.multivariate_model (
    equipment_id text NOT NULL,
    state text NOT NULL,
    sensors integer[] NOT NULL,
    width interval NOT NULL,
    samples bigint NOT NULL,
    hours integer NOT NULL,
    centre double precision[] NOT NULL,
    spread double precision[] NOT NULL,
    shrinkage double precision NOT NULL,
    correlation double precision[] NOT NULL,
    inverse double precision[] NOT NULL,
    t2_limit double precision NOT NULL,
    q_limit double precision NOT NULL,
    t2_theory double precision NOT NULL,
    q_theory double precision NOT NULL,
    tested integer NOT NULL,
    learned_from timestamp with time zone NOT NULL,
    learned_to timestamp with time zone NOT NULL,
    learned_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT multivariate_model_q_limit_check CHECK ((q_limit > (0)::double precision)),
    CONSTRAINT multivariate_model_q_theory_check CHECK ((q_theory > (0)::double precision)),
    CONSTRAINT multivariate_model_shrinkage_check CHECK (((shrinkage >= (0)::double precision) AND (shrinkage <= (1)::double precision))),
    CONSTRAINT multivariate_model_state_check CHECK (((length(state) >= 1) AND (length(state) <= 64))),
    CONSTRAINT multivariate_model_t2_limit_check CHECK ((t2_limit > (0)::double precision)),
    CONSTRAINT multivariate_model_t2_theory_check CHECK ((t2_theory > (0)::double precision))
);

COMMENT ON TABLE alarm.multivariate_model IS 'What is normal for the signals of a machine together, per operating state: made of alarm.multivariate_hour by alarm.learn_multivariate, judged by alarm.multivariate_scores.';

COMMENT ON COLUMN alarm.multivariate_model.centre IS 'Mean per signal, in its unit.';

COMMENT ON COLUMN alarm.multivariate_model.spread IS 'Standard deviation per signal, in its unit.';

COMMENT ON COLUMN alarm.multivariate_model.shrinkage IS 'How much of the correlation was given up for the identity (Schäfer and Strimmer 2005), 0 to 1.';

COMMENT ON COLUMN alarm.multivariate_model.correlation IS 'Shrunken correlation matrix, row by row.';

COMMENT ON COLUMN alarm.multivariate_model.inverse IS 'Its inverse, row by row.';

COMMENT ON COLUMN alarm.multivariate_model.t2_limit IS 'Threshold of T²: by the F distribution, or by the normal hours themselves, whichever is greater.';

COMMENT ON COLUMN alarm.multivariate_model.q_limit IS 'Threshold of Q: by Box''s approximation, or by the normal hours themselves, whichever is greater.';

COMMENT ON COLUMN alarm.multivariate_model.t2_theory IS 'What the F distribution alone says; q_theory: Box alone.';

COMMENT ON COLUMN alarm.multivariate_model.tested IS 'Buckets of normal hours, evenly over the time, whose T² and Q the thresholds were held against.';

CREATE TABLE alarm.multivariate_reset (
    id bigint NOT NULL,
    equipment_id text NOT NULL,
    since timestamp with time zone NOT NULL,
    reason text,
    set_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    set_by text DEFAULT SESSION_USER NOT NULL,
    CONSTRAINT multivariate_reset_reason_check CHECK ((length(reason) <= 2000)),
    CONSTRAINT multivariate_reset_since_check CHECK (isfinite(since))
);

COMMENT ON TABLE alarm.multivariate_reset IS 'Somebody said that a machine is not what it was: from then on its normal state is learned anew (alarm.learn_anew). Maintenance says so by itself: alarm.multivariate_start.';

ALTER TABLE alarm.multivariate_reset ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME alarm.multivariate_reset_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE alarm.operating_state (
    equipment_id text NOT NULL,
    state text NOT NULL,
    sensor text NOT NULL,
    low double precision DEFAULT '-Infinity'::double precision NOT NULL,
    high double precision DEFAULT 'Infinity'::double precision NOT NULL,
    CONSTRAINT operating_state_high_check CHECK ((high > low)),
    CONSTRAINT operating_state_number_check CHECK (((low <> 'NaN'::double precision) AND (high <> 'NaN'::double precision))),
    CONSTRAINT operating_state_state_check CHECK ((((length(state) >= 1) AND (length(state) <= 64)) AND (state <> ALL (ARRAY['*'::text, 'each'::text]))))
);

COMMENT ON TABLE alarm.operating_state IS 'Which operating state a machine is in, told from one of its own sensors: the state whose band holds the sensor''s last value. All states of a machine name the same sensor and their bands do not overlap (refused otherwise). A value in no band is no state.';

COMMENT ON COLUMN alarm.operating_state.state IS 'Name of the state, as alarm.baseline.state has it.';

COMMENT ON COLUMN alarm.operating_state.sensor IS 'plant.sensor.name of the machine''s sensor that tells the state (speed, load, a status number …).';

COMMENT ON COLUMN alarm.operating_state.low IS 'The state holds from this value, in the sensor''s unit.';

COMMENT ON COLUMN alarm.operating_state.high IS 'Up to this value, exclusive.';

CREATE TABLE alarm.rule (
    id bigint NOT NULL,
    name text NOT NULL,
    description text,
    owner text,
    enabled boolean DEFAULT true NOT NULL,
    condition text NOT NULL,
    low_low double precision,
    low double precision,
    high double precision,
    high_high double precision,
    deadband double precision DEFAULT 0 NOT NULL,
    severity text DEFAULT 'medium'::text NOT NULL,
    severity_low_low text,
    severity_low text,
    severity_high text,
    severity_high_high text,
    on_delay interval DEFAULT '00:00:00'::interval NOT NULL,
    off_delay interval DEFAULT '00:00:00'::interval NOT NULL,
    re_alarm interval,
    escalate_after interval,
    escalate_to text,
    latched boolean DEFAULT false NOT NULL,
    chatter_count integer DEFAULT 5,
    chatter_window interval DEFAULT '00:01:00'::interval NOT NULL,
    chatter_quiet interval DEFAULT '00:05:00'::interval NOT NULL,
    parameters jsonb DEFAULT '{}'::jsonb NOT NULL,
    select_equipment text[],
    select_equipment_type text[],
    select_location text[],
    select_tags text[],
    select_sensor text[],
    select_sensor_type text[],
    family text,
    parent_rule bigint,
    message jsonb,
    notify text[],
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_by text DEFAULT SESSION_USER NOT NULL,
    CONSTRAINT rule_chatter_count_check CHECK (((chatter_count >= 2) AND (chatter_count <= 100))),
    CONSTRAINT rule_description_check CHECK ((length(description) <= 4000)),
    CONSTRAINT rule_family_check CHECK (((length(family) >= 1) AND (length(family) <= 200))),
    CONSTRAINT rule_message_check CHECK ((jsonb_typeof(message) = 'object'::text)),
    CONSTRAINT rule_name_check CHECK (((length(name) >= 1) AND (length(name) <= 200))),
    CONSTRAINT rule_owner_check CHECK ((length(owner) <= 200)),
    CONSTRAINT rule_parameters_check CHECK ((jsonb_typeof(parameters) = 'object'::text))
);

COMMENT ON TABLE alarm.rule IS 'What is worth an alarm. INSERT, UPDATE and DELETE in psql are welcome: triggers check the rule, keep its versions and assign it to sensors. SET LOCAL millwright.reason = ''…'' says why.';

COMMENT ON COLUMN alarm.rule.condition IS 'alarm.condition.name. above, below, outside, inside hold the value against the limits, the others a number that they derive first.';

COMMENT ON COLUMN alarm.rule.low_low IS 'Outer lower limit (severity_low_low); needs low. Unit of the sensor or of the derived number.';

COMMENT ON COLUMN alarm.rule.low IS 'Lower limit: alarm when the value is below it (inside: at or above it).';

COMMENT ON COLUMN alarm.rule.high IS 'Upper limit: alarm when the value is above it (inside: at or below it).';

COMMENT ON COLUMN alarm.rule.high_high IS 'Outer upper limit (severity_high_high); needs high.';

COMMENT ON COLUMN alarm.rule.deadband IS 'A limit that was crossed is left only when the value is this far back on the good side. Unit of the limits.';

COMMENT ON COLUMN alarm.rule.severity IS 'Severity of a limit that has none of its own (outer limits then take the worst one).';

COMMENT ON COLUMN alarm.rule.on_delay IS 'The value must stay beyond the limit this long without a break.';

COMMENT ON COLUMN alarm.rule.off_delay IS 'The value must stay back this long without a break.';

COMMENT ON COLUMN alarm.rule.re_alarm IS 'Still active after this long: announced again and unacknowledged again. NULL: never.';

COMMENT ON COLUMN alarm.rule.escalate_after IS 'Active and not acknowledged after this long: escalated. NULL: never.';

COMMENT ON COLUMN alarm.rule.escalate_to IS 'Severity that an escalated alarm gets; NULL leaves it.';

COMMENT ON COLUMN alarm.rule.latched IS 'Once active it stays until alarm.reset, even when the value is good again.';

COMMENT ON COLUMN alarm.rule.chatter_count IS 'Raised so often within chatter_window, the alarm chatters: it then clears only after it stayed calm for chatter_quiet. NULL: never damped.';

COMMENT ON COLUMN alarm.rule.chatter_window IS 'See chatter_count.';

COMMENT ON COLUMN alarm.rule.chatter_quiet IS 'See chatter_count.';

COMMENT ON COLUMN alarm.rule.parameters IS 'What the derived conditions need: see alarm.condition_parameter.';

COMMENT ON COLUMN alarm.rule.select_equipment IS 'Equipment ids; * and ? are wildcards. NULL selects all (so for every select_ column; all of them must hold).';

COMMENT ON COLUMN alarm.rule.select_equipment_type IS 'Equipment types.';

COMMENT ON COLUMN alarm.rule.select_location IS 'Locations of sensor or equipment; * and ? are wildcards.';

COMMENT ON COLUMN alarm.rule.select_tags IS 'Tags that equipment and sensor together must all have.';

COMMENT ON COLUMN alarm.rule.select_sensor IS 'Sensor names; * and ? are wildcards.';

COMMENT ON COLUMN alarm.rule.select_sensor_type IS 'Sensor types.';

COMMENT ON COLUMN alarm.rule.family IS 'Rules of one family override each other: a sensor is watched by the most specific one only (alarm.rule_assignment shows which and why). NULL: overrides nothing.';

COMMENT ON COLUMN alarm.rule.parent_rule IS 'While the parent rule has an active alarm on the same equipment, this rule''s alarms are suppressed.';

COMMENT ON COLUMN alarm.rule.message IS 'Own text per language (relay.language), {"ko": "…", "en": "…"}; NULL takes alarm.message_template.';

COMMENT ON COLUMN alarm.rule.notify IS 'Transitions that become an outbox row (alarm.transition_kind). NULL: the usual ones and whatever an enabled route names (alarm.told_kinds); a list: these and no others, {} none.';

COMMENT ON COLUMN alarm.rule.version IS 'Counts changes; the content of each is in alarm.rule_version.';

ALTER TABLE alarm.rule ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME alarm.rule_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE alarm.rule_test (
    id bigint NOT NULL,
    rule_id bigint NOT NULL,
    name text NOT NULL,
    samples jsonb NOT NULL,
    until double precision,
    expected jsonb NOT NULL,
    sensor_id integer,
    CONSTRAINT rule_test_expected_check CHECK ((jsonb_typeof(expected) = 'array'::text)),
    CONSTRAINT rule_test_name_check CHECK (((length(name) >= 1) AND (length(name) <= 200))),
    CONSTRAINT rule_test_samples_check CHECK ((jsonb_typeof(samples) = 'array'::text))
);

COMMENT ON TABLE alarm.rule_test IS 'Unit tests of rules: given samples, expected transitions. SELECT * FROM alarm.run_rule_tests() runs them through the machine that ingest uses.';

COMMENT ON COLUMN alarm.rule_test.samples IS '[[seconds, value], …] from an arbitrary start, in any order.';

COMMENT ON COLUMN alarm.rule_test.until IS 'Seconds to which the clock goes on after the last sample; NULL: no further.';

COMMENT ON COLUMN alarm.rule_test.expected IS '[["raised", 6], ["severity_changed", 9, "high_high"], ["cleared", 23]]: kind, seconds and, if it matters, the limit.';

COMMENT ON COLUMN alarm.rule_test.sensor_id IS 'For rules whose limits depend on the sensor (baseline, vibration zone).';

ALTER TABLE alarm.rule_test ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME alarm.rule_test_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE alarm.rule_version (
    rule_id bigint NOT NULL,
    version integer NOT NULL,
    operation text NOT NULL,
    changed_at timestamp with time zone DEFAULT now() NOT NULL,
    changed_by text NOT NULL,
    reason text,
    definition jsonb NOT NULL,
    changes jsonb DEFAULT '{}'::jsonb NOT NULL,
    CONSTRAINT rule_version_operation_check CHECK ((operation = ANY (ARRAY['insert'::text, 'update'::text, 'delete'::text]))),
    CONSTRAINT rule_version_reason_check CHECK ((length(reason) <= 2000))
);

COMMENT ON TABLE alarm.rule_version IS 'Each state that a rule ever had: who changed it, when, why, what. Written by triggers only.';

COMMENT ON COLUMN alarm.rule_version.definition IS 'The whole rule as it was from then on (for delete: as it was before).';

COMMENT ON COLUMN alarm.rule_version.changes IS '{"column": [old, new]} against the version before.';

CREATE TABLE alarm.severity (
    name text NOT NULL,
    rank smallint NOT NULL,
    minimum_confidence double precision NOT NULL,
    colour text NOT NULL,
    CONSTRAINT severity_colour_check CHECK ((colour ~ '^#[0-9a-f]{6}$'::text)),
    CONSTRAINT severity_minimum_confidence_check CHECK (((minimum_confidence >= (0)::double precision) AND (minimum_confidence <= (1)::double precision))),
    CONSTRAINT severity_name_check CHECK ((name ~ '^[a-z_]{1,32}$'::text)),
    CONSTRAINT severity_rank_check CHECK (((rank >= 1) AND (rank <= 1000)))
);

COMMENT ON TABLE alarm.severity IS 'The severities, least first by rank. Seeded; a plant may change colours, and what they are called (relay.phrase, severity.<name>).';

COMMENT ON COLUMN alarm.severity.rank IS 'Higher is worse.';

COMMENT ON COLUMN alarm.severity.minimum_confidence IS 'A model verdict has this severity when its confidence (0…1) is greater than this.';

COMMENT ON COLUMN alarm.severity.colour IS 'Colour of chat messages and dashboards, #rrggbb.';

CREATE TABLE alarm.signal (
    id bigint NOT NULL,
    rule_id bigint NOT NULL,
    equipment_id text NOT NULL,
    sensor_id integer,
    rule_version integer NOT NULL,
    condition text NOT NULL,
    assigned boolean DEFAULT true NOT NULL,
    live boolean NOT NULL,
    low_low double precision DEFAULT '-Infinity'::double precision NOT NULL,
    low double precision DEFAULT '-Infinity'::double precision NOT NULL,
    high double precision DEFAULT 'Infinity'::double precision NOT NULL,
    high_high double precision DEFAULT 'Infinity'::double precision NOT NULL,
    deadband double precision DEFAULT 0 NOT NULL,
    on_delay interval DEFAULT '00:00:00'::interval NOT NULL,
    off_delay interval DEFAULT '00:00:00'::interval NOT NULL,
    latched boolean DEFAULT false NOT NULL,
    chatter_count integer,
    chatter_window interval DEFAULT '00:01:00'::interval NOT NULL,
    chatter_quiet interval DEFAULT '00:05:00'::interval NOT NULL,
    parameter double precision,
    severities text[] NOT NULL,
    quiet_low double precision NOT NULL,
    quiet_high double precision NOT NULL,
    specificity integer DEFAULT 0 NOT NULL,
    basis jsonb,
    fresh boolean DEFAULT true NOT NULL,
    bundle_kind text,
    power text
);

COMMENT ON TABLE alarm.signal IS 'One row per rule and sensor (or whole equipment) that it watches, with the limits in the sensor''s own unit. Worked out by alarm.refresh_assignments; ingest only reads it. A pair that ended is kept as not assigned until alarm.tick has closed its alarm.';

COMMENT ON COLUMN alarm.signal.sensor_id IS 'plant.sensor.id; NULL where the rule judges the whole equipment (model verdict, RUL).';

COMMENT ON COLUMN alarm.signal.live IS 'Judged sample by sample in the ingest transaction; otherwise alarm.tick and the jobs feed it.';

COMMENT ON COLUMN alarm.signal.parameter IS 'rate_of_change: shortest step in seconds; flat_line: largest change that still counts as none.';

COMMENT ON COLUMN alarm.signal.severities IS 'Severity of low_low, low, high, high_high.';

COMMENT ON COLUMN alarm.signal.quiet_low IS 'A value within quiet_low … quiet_high cannot change a normal state.';

COMMENT ON COLUMN alarm.signal.quiet_high IS 'See quiet_low. An empty band (Infinity … -Infinity) lets every sample count.';

COMMENT ON COLUMN alarm.signal.basis IS 'Where limits that are not in the rule come from (baseline, vibration zone table).';

COMMENT ON COLUMN alarm.signal.fresh IS 'Compiled anew and not yet held against the value that stands: alarm.tick does it within a second (alarm.judge_standing).';

COMMENT ON COLUMN alarm.signal.bundle_kind IS 'Model verdicts and estimates of remaining life: which kind of bundle speaks (ml.bundle_kind). Each kind and power of a machine has a signal of its own from the first thing that it finds (alarm.bundle_signals), so that none clears another''s alarm. NULL with power NULL: none has found anything yet.';

COMMENT ON COLUMN alarm.signal.power IS 'Of which power the bundle is that speaks. See bundle_kind.';

ALTER TABLE alarm.signal ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME alarm.signal_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE alarm.state (
    signal_id bigint NOT NULL,
    sensor_id integer,
    idle boolean NOT NULL,
    active smallint DEFAULT 0 NOT NULL,
    since timestamp with time zone[] DEFAULT '{NULL,NULL,NULL,NULL}'::timestamp with time zone[] NOT NULL,
    next_due timestamp with time zone,
    last_time timestamp with time zone,
    last_value double precision,
    zone smallint DEFAULT 240 NOT NULL,
    peak double precision,
    anchor_time timestamp with time zone,
    anchor_value double precision,
    raises timestamp with time zone[] DEFAULT '{}'::timestamp with time zone[] NOT NULL,
    chattering boolean DEFAULT false NOT NULL,
    checkpoint_at timestamp with time zone
)
WITH (fillfactor='50', autovacuum_vacuum_scale_factor='0', autovacuum_vacuum_threshold='2000');

COMMENT ON TABLE alarm.state IS 'Durable state of the machine per signal. Only signals that ever left normal have a row; a restart loses no delay because the timers are times, not timers.';

COMMENT ON COLUMN alarm.state.idle IS 'Normal, nothing pending, and a sample said so, not the clock alone: the next quiet sample need not be looked at.';

COMMENT ON COLUMN alarm.state.active IS 'Limits that are active, packed as alarm.bit_of says.';

COMMENT ON COLUMN alarm.state.since IS 'Per limit (low_low, low, high, high_high): since when the value asks for the opposite of its active bit.';

COMMENT ON COLUMN alarm.state.next_due IS 'When the next timer fires if no sample stops it.';

COMMENT ON COLUMN alarm.state.last_time IS 'The machine''s clock, on the sensor''s time: the last sample, or the timer that fired after it. Live samples at or before it change what was judged since (alarm.revise).';

COMMENT ON COLUMN alarm.state.zone IS 'What the last value says of each limit, packed as alarm.bit_of says. By default calm: alarm.calm_zone().';

COMMENT ON COLUMN alarm.state.anchor_time IS 'Rate of change and flat line: the sample that they measure from.';

COMMENT ON COLUMN alarm.state.raises IS 'When the alarm was raised lately (chatter detection).';

COMMENT ON COLUMN alarm.state.checkpoint_at IS 'A state is kept in alarm.checkpoint again when the machine''s clock is alarm.checkpoint_every further than this.';

CREATE TABLE alarm.sweep (
    singleton boolean DEFAULT true NOT NULL,
    swept_at timestamp with time zone,
    mended bigint DEFAULT 0 NOT NULL,
    last_mended_at timestamp with time zone,
    compiler text,
    CONSTRAINT sweep_singleton_check CHECK (singleton)
);

COMMENT ON TABLE alarm.sweep IS 'What alarm.sweep_assignments, the check that every rule watches what it selects, has found so far: one row.';

COMMENT ON COLUMN alarm.sweep.mended IS 'Sensors whose rules had to be put right. It should stay 0: each source of a signal has its trigger.';

COMMENT ON COLUMN alarm.sweep.compiler IS 'Fingerprint of the functions that compiled the signals; another one: all are compiled anew, which counts as nothing mended.';

CREATE TABLE alarm.system_condition (
    name text NOT NULL,
    enabled boolean DEFAULT true NOT NULL,
    measure text NOT NULL,
    high double precision,
    high_high double precision,
    deadband double precision DEFAULT 0 NOT NULL,
    unit text,
    severity text DEFAULT 'high'::text NOT NULL,
    severity_high_high text,
    on_delay interval DEFAULT '00:00:00'::interval NOT NULL,
    off_delay interval DEFAULT '00:00:00'::interval NOT NULL,
    period interval,
    minimum double precision,
    every interval DEFAULT '00:00:05'::interval,
    degrades_health boolean DEFAULT true NOT NULL,
    description text NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_by text DEFAULT SESSION_USER NOT NULL,
    CONSTRAINT system_condition_deadband_check CHECK (((deadband >= (0)::double precision) AND (deadband < LEAST(high, high_high)))),
    CONSTRAINT system_condition_delay_check CHECK ((((on_delay >= '00:00:00'::interval) AND (on_delay <= '30 days'::interval)) AND ((off_delay >= '00:00:00'::interval) AND (off_delay <= '30 days'::interval)))),
    CONSTRAINT system_condition_description_check CHECK (((length(description) >= 1) AND (length(description) <= 1000))),
    CONSTRAINT system_condition_every_check CHECK (((every >= '00:00:01'::interval) AND (every <= '1 day'::interval))),
    CONSTRAINT system_condition_limit_check CHECK (((high > (0)::double precision) AND (high < 'Infinity'::double precision) AND (high_high > (0)::double precision) AND (high_high < 'Infinity'::double precision) AND (high_high > high))),
    CONSTRAINT system_condition_measure_check CHECK ((measure ~ '^[a-z_][a-z0-9_]*[.][a-z_][a-z0-9_]*$'::text)),
    CONSTRAINT system_condition_minimum_check CHECK (((minimum >= (0)::double precision) AND (minimum < 'Infinity'::double precision))),
    CONSTRAINT system_condition_name_check CHECK ((name ~ '^[a-z][a-z0-9_]{0,47}$'::text)),
    CONSTRAINT system_condition_period_check CHECK (((period > '00:00:00'::interval) AND (period <= '1 year'::interval))),
    CONSTRAINT system_condition_unit_check CHECK (((length(unit) >= 1) AND (length(unit) <= 32)))
);

COMMENT ON TABLE alarm.system_condition IS 'How Millwright itself can fail, and from when on people are told: one row for each kind of failure. UPDATE in psql is welcome (engineer). alarm.judge_system holds what the function measures against the limits, for each object (a job, a broker, a channel) by itself.';

COMMENT ON COLUMN alarm.system_condition.name IS 'Also the key of its texts in alarm.message_template, and with '':cleared'' of those for its end. The alarm''s code is name:object.';

COMMENT ON COLUMN alarm.system_condition.enabled IS 'false: nobody is told, and what stands is cleared.';

COMMENT ON COLUMN alarm.system_condition.measure IS 'Function (alarm.system_condition, timestamptz) RETURNS TABLE (object text, value float8, detail jsonb): what it is like now. Called only if an administrator owns it. An object that it does not name is well.';

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
    condition text NOT NULL,
    measured_at timestamp with time zone NOT NULL,
    error text
)
WITH (fillfactor='50');

COMMENT ON TABLE alarm.system_run IS 'When each system condition was measured last, and why that failed.';

COMMENT ON COLUMN alarm.system_run.error IS 'SQLSTATE and message of the last measurement; NULL: it went well. Told as condition_fails.';

CREATE TABLE alarm.system_state (
    condition text NOT NULL,
    object text NOT NULL,
    level text,
    value double precision,
    limit_value double precision,
    detail jsonb DEFAULT '{}'::jsonb NOT NULL,
    beyond_since timestamp with time zone NOT NULL,
    back_since timestamp with time zone,
    CONSTRAINT system_state_level_check CHECK ((level = ANY (ARRAY['high'::text, 'high_high'::text])))
)
WITH (fillfactor='50');

COMMENT ON TABLE alarm.system_state IS 'What is beyond a limit of a system condition, or was and waits for its off_delay. Read by /health and /metrics; whether people were told is in alarm.alarm (code condition:object).';

COMMENT ON COLUMN alarm.system_state.object IS 'What it is about; empty where there is only one of it.';

COMMENT ON COLUMN alarm.system_state.level IS 'Which limit it is beyond now; NULL: it is back, and the alarm waits for off_delay.';

COMMENT ON COLUMN alarm.system_state.beyond_since IS 'Since when without a break.';

COMMENT ON COLUMN alarm.system_state.back_since IS 'Since when it is back; NULL while it is beyond.';

CREATE TABLE alarm.told (
    alarm_id bigint NOT NULL,
    channel_id integer NOT NULL,
    told_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    severity text
);

COMMENT ON TABLE alarm.told IS 'Which channels believe that an alarm stands: told so, and not yet told that it cleared. Kept by alarm.announce and, where routes, rules or channels changed, by alarm.reconcile.';

COMMENT ON COLUMN alarm.told.severity IS 'As bad as it was last told to be; NULL: not known, told before this was noted.';

CREATE TABLE alarm.transition (
    id bigint NOT NULL,
    alarm_id bigint NOT NULL,
    kind text NOT NULL,
    occurred_at timestamp with time zone NOT NULL,
    recorded_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    actor text DEFAULT 'system'::text NOT NULL,
    comment text,
    severity text NOT NULL,
    level text NOT NULL,
    value double precision,
    limit_value double precision,
    data jsonb,
    CONSTRAINT transition_actor_check CHECK (((length(actor) >= 1) AND (length(actor) <= 200))),
    CONSTRAINT transition_comment_check CHECK ((length(comment) <= 4000))
);

COMMENT ON TABLE alarm.transition IS 'Everything that ever happened to an alarm: which, when, by whom, with what comment. Never changed.';

COMMENT ON COLUMN alarm.transition.kind IS 'What happened: a row of alarm.transition_kind.';

COMMENT ON COLUMN alarm.transition.occurred_at IS 'Process time for what samples do, wall time for what people do.';

COMMENT ON COLUMN alarm.transition.actor IS 'A user, or system for the machine.';

COMMENT ON COLUMN alarm.transition.data IS 'alarm.alarm.data at that moment; NULL: empty then, or as it is now.';

ALTER TABLE alarm.transition ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME alarm.transition_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE alarm.transition_kind (
    kind text NOT NULL,
    place smallint NOT NULL,
    meaning text NOT NULL,
    told boolean DEFAULT false NOT NULL,
    opens boolean DEFAULT false NOT NULL,
    closes boolean DEFAULT false NOT NULL,
    stands boolean DEFAULT false NOT NULL,
    grades boolean DEFAULT false NOT NULL,
    holds boolean DEFAULT false NOT NULL,
    frees boolean DEFAULT false NOT NULL,
    hindsight boolean DEFAULT false NOT NULL,
    judged boolean DEFAULT false NOT NULL,
    by_people boolean DEFAULT false NOT NULL,
    CONSTRAINT transition_kind_holds_check CHECK ((num_nonnulls(NULLIF(opens, false), NULLIF(closes, false), NULLIF(holds, false), NULLIF(frees, false)) <= 1)),
    CONSTRAINT transition_kind_kind_check CHECK ((kind ~ '^[a-z][a-z_]{0,31}$'::text)),
    CONSTRAINT transition_kind_stands_check CHECK (((stands >= (opens OR frees OR grades)) AND (NOT (stands AND closes))))
);

COMMENT ON TABLE alarm.transition_kind IS 'What can happen to an alarm, and what that does to whoever was told of it. Everything that asks "which kinds …" reads it here. relay.phrase event.<kind> is what people call it. Only the owner of the schema writes it: a kind comes with the function that writes it.';

COMMENT ON COLUMN alarm.transition_kind.kind IS 'alarm.transition.kind; what rules (notify) and routes (events) ask for.';

COMMENT ON COLUMN alarm.transition_kind.place IS 'Order in which kinds are listed.';

COMMENT ON COLUMN alarm.transition_kind.told IS 'Becomes an outbox row where the rule''s list (notify) is NULL and no route names it (alarm.told_kinds).';

COMMENT ON COLUMN alarm.transition_kind.opens IS 'The alarm begins to stand.';

COMMENT ON COLUMN alarm.transition_kind.closes IS 'The alarm is over: who heard that it stands hears this.';

COMMENT ON COLUMN alarm.transition_kind.stands IS 'Told of an alarm, it says that this stands: whoever hears it believes so from then on.';

COMMENT ON COLUMN alarm.transition_kind.grades IS 'It says how bad an alarm is that stands: what is told of it later tells of the last one of these.';

COMMENT ON COLUMN alarm.transition_kind.holds IS 'An operator keeps the alarm back.';

COMMENT ON COLUMN alarm.transition_kind.frees IS 'What kept the alarm back ended: if it stands, it is told again.';

COMMENT ON COLUMN alarm.transition_kind.hindsight IS 'Samples that came later say that it was otherwise (alarm.revise). It happens when they come, not when a sample was measured.';

COMMENT ON COLUMN alarm.transition_kind.judged IS 'Samples alone decide it (alarm.stories): what a backtest finds and a rule test can expect.';

COMMENT ON COLUMN alarm.transition_kind.by_people IS 'A person can do it: what a report of a shift tells of its people.';

CREATE TABLE alarm.unassigned (
    equipment_id text NOT NULL,
    since timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);

COMMENT ON TABLE alarm.unassigned IS 'Machines with sensors that were registered while somebody else changed rules and had not committed: ingest does not wait, alarm.tick gives them their rules as soon as it can.';

CREATE TABLE alarm.vibration_zone (
    id integer NOT NULL,
    standard text NOT NULL,
    machine_class text NOT NULL,
    unit text NOT NULL,
    minimum_kw double precision,
    maximum_kw double precision,
    boundary_ab double precision NOT NULL,
    boundary_bc double precision NOT NULL,
    boundary_cd double precision NOT NULL,
    source text NOT NULL,
    CONSTRAINT vibration_zone_boundary_check CHECK ((((0)::double precision < boundary_ab) AND (boundary_ab < boundary_bc) AND (boundary_bc < boundary_cd))),
    CONSTRAINT vibration_zone_number_check CHECK ((boundary_cd <= ('10000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000'::numeric)::double precision))
);

COMMENT ON TABLE alarm.vibration_zone IS 'Boundaries of the vibration zones A|B|C|D (broadband velocity, r.m.s.) of ISO 10816/20816 per machine class, each with its source and where it is valid. A sensor whose machine states no class, or another unit, has no zone.';

COMMENT ON COLUMN alarm.vibration_zone.machine_class IS 'What plant.equipment.specifications ->> ''vibration_class'' must say.';

COMMENT ON COLUMN alarm.vibration_zone.unit IS 'Unit of the boundaries. The sensor''s must be of the same quantity: they are converted into it.';

COMMENT ON COLUMN alarm.vibration_zone.minimum_kw IS 'Rated power from which the class is valid (specifications ->> ''rated_power_kw''); NULL: any.';

COMMENT ON COLUMN alarm.vibration_zone.boundary_bc IS 'Above it a machine is not fit for long continuous operation (alert).';

COMMENT ON COLUMN alarm.vibration_zone.boundary_cd IS 'Above it vibration may damage the machine (danger).';

ALTER TABLE alarm.vibration_zone ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME alarm.vibration_zone_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE alarm.watch (
    sensor_id integer NOT NULL,
    quiet_low double precision NOT NULL,
    quiet_high double precision NOT NULL,
    signals integer NOT NULL
)
WITH (fillfactor='80');

COMMENT ON TABLE alarm.watch IS 'The band in which no live rule of a sensor can leave its normal state: the intersection of its signals'' quiet bands. It makes quiet times cost one look-up per sensor and batch.';

COMMENT ON COLUMN alarm.watch.signals IS 'How many live signals the sensor has.';

CREATE TABLE api.idempotency (
    owner text NOT NULL,
    key text NOT NULL,
    fingerprint text NOT NULL,
    status integer NOT NULL,
    body jsonb,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT idempotency_fingerprint_check CHECK (((length(fingerprint) >= 1) AND (length(fingerprint) <= 128))),
    CONSTRAINT idempotency_key_check CHECK (((length(key) >= 1) AND (length(key) <= 255)))
);

COMMENT ON TABLE api.idempotency IS 'Answers to requests that carried an Idempotency-Key, written in the request''s own transaction and kept for 24 hours.';

COMMENT ON COLUMN api.idempotency.owner IS 'account:<id>, or address:<ip> for a request without a token.';

COMMENT ON COLUMN api.idempotency.fingerprint IS 'Hash over method, path and body, made by thin.';

CREATE TABLE api.member_alias (
    component text NOT NULL,
    alias text NOT NULL,
    member text NOT NULL,
    CONSTRAINT member_alias_alias_check CHECK ((alias ~ '^[a-z][a-z0-9_]*$'::text)),
    CONSTRAINT member_alias_member_check CHECK ((alias <> member))
);

COMMENT ON TABLE api.member_alias IS 'Members of answers that say once more what another one says, under the name that the field reads (api.with_aliases). The OpenAPI document shows them as deprecated members of the component.';

COMMENT ON COLUMN api.member_alias.component IS 'api.schema_component.name.';

CREATE TABLE api.parameter_alias (
    method text NOT NULL,
    path text NOT NULL,
    alias text NOT NULL,
    member text NOT NULL,
    meanings jsonb,
    CONSTRAINT parameter_alias_alias_check CHECK ((alias ~ '^[a-z][a-z0-9_]*$'::text)),
    CONSTRAINT parameter_alias_meanings_check CHECK ((jsonb_typeof(meanings) = 'object'::text)),
    CONSTRAINT parameter_alias_member_check CHECK (((alias <> member) OR (meanings IS NOT NULL)))
);

COMMENT ON TABLE api.parameter_alias IS 'Further names of what an endpoint takes (in the query, or as a member of the body), and further words for its values. thin gives them to the argument that member names; the OpenAPI document shows them as deprecated.';

COMMENT ON COLUMN api.parameter_alias.alias IS 'The other name; or the member''s own, where only its values have others.';

COMMENT ON COLUMN api.parameter_alias.member IS 'Argument of the endpoint''s function.';

COMMENT ON COLUMN api.parameter_alias.meanings IS 'Other words for values: {"new": "unacknowledged"}. NULL: none.';

CREATE TABLE api.path_alias (
    method text NOT NULL,
    alias text NOT NULL,
    path text NOT NULL,
    CONSTRAINT path_alias_alias_check CHECK ((alias ~ '^(/([a-z0-9._-]+|[{][a-z_]+[}]))+$'::text)),
    CONSTRAINT path_alias_path_check CHECK ((alias <> path))
);

COMMENT ON TABLE api.path_alias IS 'Further paths of endpoints: whatever api.route says of (method, path) holds for (method, alias), too.';

COMMENT ON COLUMN api.path_alias.alias IS 'Whole path, with the same {members} as path.';

CREATE TABLE api.response_shape (
    method text NOT NULL,
    path text NOT NULL,
    name text NOT NULL,
    function text,
    is_default boolean DEFAULT false NOT NULL,
    response_schema jsonb NOT NULL,
    description text NOT NULL,
    CONSTRAINT response_shape_function_check CHECK ((function ~ '^[a-z_]+[.][a-z0-9_]+$'::text)),
    CONSTRAINT response_shape_name_check CHECK ((name ~ '^[a-z][a-z0-9_]{0,31}$'::text))
);

COMMENT ON TABLE api.response_shape IS 'Shapes that an endpoint can give its answer, chosen by ?shape=. Endpoints without a row here have one shape and take no such parameter.';

COMMENT ON COLUMN api.response_shape.function IS 'Makes the shape out of what the endpoint''s function answers: jsonb to jsonb. NULL: that is the shape.';

COMMENT ON COLUMN api.response_shape.is_default IS 'The one without ?shape=.';

COMMENT ON COLUMN api.response_shape.response_schema IS 'JSON Schema of the answer in this shape.';

CREATE TABLE api.route (
    method text NOT NULL,
    path text NOT NULL,
    area text NOT NULL,
    function text,
    handler text,
    minimum_role text NOT NULL,
    success_status integer DEFAULT 200 NOT NULL,
    body_mode text DEFAULT 'none'::text NOT NULL,
    body_argument text,
    rate_limit_per_minute integer,
    rate_limit_scope text,
    max_body_bytes integer DEFAULT 65536 NOT NULL,
    response text DEFAULT 'json'::text NOT NULL,
    summary text NOT NULL,
    description text,
    tags text[] DEFAULT '{}'::text[] NOT NULL,
    timeout_ms integer DEFAULT 10000 NOT NULL,
    is_idempotent boolean DEFAULT true NOT NULL,
    parameters jsonb DEFAULT '[]'::jsonb NOT NULL,
    request_schema jsonb,
    response_schema jsonb,
    errors text[] DEFAULT '{}'::text[] NOT NULL,
    lane text DEFAULT 'request'::text NOT NULL,
    CONSTRAINT route_body_argument_check CHECK ((((body_mode = 'whole'::text) AND (handler IS NULL)) = (body_argument IS NOT NULL))),
    CONSTRAINT route_body_mode_check CHECK ((body_mode = ANY (ARRAY['none'::text, 'members'::text, 'whole'::text]))),
    CONSTRAINT route_function_check CHECK ((function ~ '^[a-z_]+[.][a-z0-9_]+$'::text)),
    CONSTRAINT route_lane_check CHECK ((lane = ANY (ARRAY['request'::text, 'password'::text]))),
    CONSTRAINT route_max_body_bytes_check CHECK (((max_body_bytes >= 0) AND (max_body_bytes <= 67108864))),
    CONSTRAINT route_method_check CHECK ((method = ANY (ARRAY['GET'::text, 'POST'::text, 'PUT'::text, 'PATCH'::text, 'DELETE'::text]))),
    CONSTRAINT route_parameters_check CHECK ((jsonb_typeof(parameters) = 'array'::text)),
    CONSTRAINT route_path_check CHECK ((path ~ '^(/([a-z0-9._-]+|[{][a-z_]+[}]))+$'::text)),
    CONSTRAINT route_rate_limit_check CHECK (((rate_limit_per_minute IS NULL) = (rate_limit_scope IS NULL))),
    CONSTRAINT route_rate_limit_per_minute_check CHECK ((rate_limit_per_minute > 0)),
    CONSTRAINT route_rate_limit_scope_check CHECK ((rate_limit_scope = ANY (ARRAY['address'::text, 'account'::text]))),
    CONSTRAINT route_response_check CHECK ((response = ANY (ARRAY['json'::text, 'token'::text, 'cookie'::text, 'empty'::text]))),
    CONSTRAINT route_response_status_check CHECK (((response = 'empty'::text) = (success_status = ANY (ARRAY[101, 204])))),
    CONSTRAINT route_success_status_check CHECK ((success_status = ANY (ARRAY[101, 200, 201, 202, 204]))),
    CONSTRAINT route_summary_check CHECK (((length(summary) >= 1) AND (length(summary) <= 120))),
    CONSTRAINT route_target_check CHECK ((num_nonnulls(function, handler) = 1)),
    CONSTRAINT route_timeout_ms_check CHECK (((timeout_ms >= 10) AND (timeout_ms <= 600000)))
);

COMMENT ON TABLE api.route IS 'Every HTTP endpoint. thin loads it through api.route_catalog and again after each NOTIFY millwright_routes; api.openapi() documents it.';

COMMENT ON COLUMN api.route.path IS 'Whole path with {members}, each of which is an argument of the function.';

COMMENT ON COLUMN api.route.area IS 'The file in sql/data that owns the row.';

COMMENT ON COLUMN api.route.function IS 'Schema-qualified name of the SQL function that answers with jsonb (text, because regproc columns stop pg_upgrade). NULL: a Swift handler does.';

COMMENT ON COLUMN api.route.handler IS 'Name of the Swift handler, for what needs arithmetic or sockets. NULL: a SQL function answers.';

COMMENT ON COLUMN api.route.minimum_role IS 'Least role that may call it; equals the least role that may EXECUTE the function (tested).';

COMMENT ON COLUMN api.route.body_mode IS 'members: each member of the body is an argument. whole: the body is one jsonb argument.';

COMMENT ON COLUMN api.route.body_argument IS 'Argument that takes the whole body.';

COMMENT ON COLUMN api.route.rate_limit_per_minute IS 'Requests a minute for one address or account. NULL: the general limit only.';

COMMENT ON COLUMN api.route.response IS 'json: the result is the body. token: thin signs the result''s claims. cookie: the result is {cookie: {value, max_age} | null, body}; thin sets the session cookie or takes it away. empty: no body.';

COMMENT ON COLUMN api.route.timeout_ms IS 'statement_timeout of the request, in milliseconds.';

COMMENT ON COLUMN api.route.is_idempotent IS 'false: an Idempotency-Key is ignored, because the answer holds a secret that must not be kept.';

COMMENT ON COLUMN api.route.parameters IS 'OpenAPI members for single parameters that pg_proc cannot tell: [{"name": …, "schema": {…}, "description": …}].';

COMMENT ON COLUMN api.route.request_schema IS 'JSON Schema of the body. NULL with body_mode members: derived from the function''s arguments.';

COMMENT ON COLUMN api.route.response_schema IS 'JSON Schema of the successful answer.';

COMMENT ON COLUMN api.route.errors IS 'SQLSTATEs of ours that this endpoint may answer with, beside those that every endpoint may.';

COMMENT ON COLUMN api.route.lane IS 'Which connections of thin it runs on. password: it hashes one, which takes a quarter of a second, so it queues for connections of its own and is answered 503 when the queue is full (docs/operations.md).';

CREATE TABLE api.schema_component (
    name text NOT NULL,
    area text NOT NULL,
    definition jsonb NOT NULL,
    CONSTRAINT schema_component_definition_check CHECK ((jsonb_typeof(definition) = 'object'::text)),
    CONSTRAINT schema_component_name_check CHECK ((name ~ '^[A-Z][A-Za-z0-9]*$'::text))
);

COMMENT ON TABLE api.schema_component IS 'JSON Schemas of request and response bodies. One source: api.check_body validates requests with them, api.openapi publishes them, and tests hold the answers against them.';

COMMENT ON COLUMN api.schema_component.area IS 'The file in sql/data that owns the row.';

CREATE TABLE api.sqlstate_fault (
    pattern text NOT NULL,
    fault text NOT NULL,
    meaning text NOT NULL,
    CONSTRAINT sqlstate_fault_fault_check CHECK ((fault = ANY (ARRAY['data'::text, 'service'::text, 'time'::text, 'unclear'::text]))),
    CONSTRAINT sqlstate_fault_pattern_check CHECK ((pattern ~ '^([0-9A-Z]{5}|[0-9A-Z]{2,4}%|%)$'::text))
);

COMMENT ON TABLE api.sqlstate_fault IS 'Whose fault an SQLSTATE is; the longest pattern that fits wins. Asked (api.fault_of; thin holds the rows) by whoever decides between trying again and refusing: ingest (also the decoding of what waits as history), predictions, waveforms.';

COMMENT ON COLUMN api.sqlstate_fault.pattern IS 'A whole SQLSTATE, or its beginning and %.';

COMMENT ON COLUMN api.sqlstate_fault.fault IS 'data: what was sent. service: the database or the moment; it never counts against data, and what failed is tried again. time: it took too long; less at once may fit, and it never counts against data either. unclear: a trial alone, beside ingest.probe(), tells.';

CREATE TABLE api.sqlstate_http (
    pattern text NOT NULL,
    status integer NOT NULL,
    code text NOT NULL,
    title text NOT NULL,
    meaning text NOT NULL,
    is_message_public boolean DEFAULT false NOT NULL,
    stored_code text,
    CONSTRAINT sqlstate_http_pattern_check CHECK ((pattern ~ '^([0-9A-Z]{5}|[0-9A-Z]{2,4}%|%)$'::text)),
    CONSTRAINT sqlstate_http_status_check CHECK (((status >= 400) AND (status <= 599))),
    CONSTRAINT sqlstate_http_stored_code_check CHECK ((stored_code ~ '^[0-9A-Z]{5}$'::text)),
    CONSTRAINT sqlstate_http_title_check CHECK (((length(title) >= 1) AND (length(title) <= 100)))
);

COMMENT ON TABLE api.sqlstate_http IS 'Which HTTP status an SQLSTATE becomes. The longest pattern that fits wins. docs/errors.md is generated from it.';

COMMENT ON COLUMN api.sqlstate_http.pattern IS 'A whole SQLSTATE, or its beginning and %.';

COMMENT ON COLUMN api.sqlstate_http.code IS 'Member code of the problem. For a pattern with %, the SQLSTATE itself is shown where its message may be.';

COMMENT ON COLUMN api.sqlstate_http.is_message_public IS 'Whether the error''s own message may be shown to the caller. false: title and meaning are shown instead, and the log has the rest.';

COMMENT ON COLUMN api.sqlstate_http.stored_code IS 'Pattern of the row that holds instead where stored data is at fault and not the request: in a request that reads, or where the error came from computing outside of schema api. NULL: this row always holds.';

CREATE TABLE auth.account (
    id bigint NOT NULL,
    username text NOT NULL,
    email text NOT NULL,
    full_name text,
    role text DEFAULT 'viewer'::text NOT NULL,
    password_hash text NOT NULL,
    is_active boolean DEFAULT true NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    password_changed_at timestamp with time zone DEFAULT now() NOT NULL,
    last_login_at timestamp with time zone,
    CONSTRAINT account_email_check CHECK (((length(email) <= 254) AND (email ~ '^[^[:space:]@<>"]+@[^[:space:]@<>"]+[.][^[:space:]@<>".]+$'::text))),
    CONSTRAINT account_full_name_check CHECK ((length(full_name) <= 200)),
    CONSTRAINT account_role_check CHECK ((role <> 'anonymous'::text)),
    CONSTRAINT account_username_check CHECK ((username ~ '^[[:alnum:]][[:alnum:]_.-]{2,63}$'::text))
);

COMMENT ON TABLE auth.account IS 'A person or a machine that may log in. Accounts are deactivated, never deleted: the audit trail names them.';

COMMENT ON COLUMN auth.account.username IS 'Unique without regard to case. It cannot contain @, so it never looks like an e-mail address.';

COMMENT ON COLUMN auth.account.role IS 'The PostgreSQL role that the requests of this account run as.';

COMMENT ON COLUMN auth.account.password_hash IS 'bcrypt of base64(SHA-256(password)), see auth.hash_password. Readable by nobody but the owner.';

ALTER TABLE auth.account ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME auth.account_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE auth.api_key (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    account_id bigint NOT NULL,
    name text NOT NULL,
    key_hash bytea NOT NULL,
    prefix text NOT NULL,
    role text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone,
    last_used_at timestamp with time zone,
    revoked_at timestamp with time zone,
    parent_id uuid,
    revoked_reason text,
    CONSTRAINT api_key_key_hash_check CHECK ((length(key_hash) = 32)),
    CONSTRAINT api_key_name_check CHECK (((length(name) >= 1) AND (length(name) <= 100))),
    CONSTRAINT api_key_prefix_check CHECK ((length(prefix) = 12)),
    CONSTRAINT api_key_revoked_reason_check CHECK ((revoked_reason = ANY (ARRAY['revoked'::text, 'parent_revoked'::text, 'password_changed'::text, 'role_changed'::text, 'deactivated'::text]))),
    CONSTRAINT api_key_role_check CHECK ((role <> 'anonymous'::text))
);

COMMENT ON TABLE auth.api_key IS 'A key for a machine: it acts for its account, with a role that is at most the account''s.';

COMMENT ON COLUMN auth.api_key.key_hash IS 'SHA-256 of the key. The key has 256 random bits, so a slow hash would add nothing.';

COMMENT ON COLUMN auth.api_key.prefix IS 'The first 12 characters, to tell keys apart in a list.';

COMMENT ON COLUMN auth.api_key.expires_at IS 'NULL: until it is revoked.';

COMMENT ON COLUMN auth.api_key.last_used_at IS 'Written at most once a minute.';

COMMENT ON COLUMN auth.api_key.parent_id IS 'The key that made it: it expires no later and ends with it. NULL: made in a session.';

CREATE TABLE auth.audit_entry (
    id bigint NOT NULL,
    occurred_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    actor text NOT NULL,
    account_id bigint,
    role text NOT NULL,
    address inet,
    request_id text,
    action text NOT NULL,
    object_type text NOT NULL,
    object_id text,
    before jsonb,
    after jsonb,
    CONSTRAINT audit_entry_action_check CHECK ((length(action) <= 64)),
    CONSTRAINT audit_entry_object_type_check CHECK ((length(object_type) <= 64))
);

COMMENT ON TABLE auth.audit_entry IS 'Who changed what, when, from where. Written by auth.audit in the same transaction as the change; append-only for everybody.';

COMMENT ON COLUMN auth.audit_entry.actor IS 'User name of the account, or the database login when it came from psql.';

COMMENT ON COLUMN auth.audit_entry.action IS 'area.verb: user.create, equipment.update, session.login_failed …';

COMMENT ON COLUMN auth.audit_entry.before IS 'The object before the change, without secrets. NULL for a creation.';

COMMENT ON COLUMN auth.audit_entry.after IS 'The object after the change, without secrets. NULL for a deletion.';

ALTER TABLE auth.audit_entry ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME auth.audit_entry_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE auth.device (
    token_hash bytea NOT NULL,
    account_id bigint NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    last_used_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT device_token_hash_check CHECK ((length(token_hash) = 32))
);

COMMENT ON TABLE auth.device IS 'Devices that logged in to an account, by the hash of the token that they got. Such a device waits for its own failures only, never for a stranger''s. The token opens nothing. At most 50 of an account.';

CREATE TABLE auth.login_tally (
    outcome text NOT NULL,
    attempts bigint DEFAULT 0 NOT NULL,
    CONSTRAINT login_tally_attempts_check CHECK ((attempts >= 0)),
    CONSTRAINT login_tally_outcome_check CHECK ((outcome = ANY (ARRAY['succeeded'::text, 'failed'::text])))
)
WITH (fillfactor='10');

COMMENT ON TABLE auth.login_tally IS 'Log-ins since the beginning, by what they came to. The audit trail does not name each failure (auth.is_told); this counts them.';

CREATE TABLE auth.login_throttle (
    subject bytea NOT NULL,
    failed_attempts integer NOT NULL,
    last_failed_at timestamp with time zone NOT NULL,
    blocked_until timestamp with time zone NOT NULL,
    account_id bigint,
    CONSTRAINT login_throttle_failed_attempts_check CHECK ((failed_attempts > 0)),
    CONSTRAINT login_throttle_subject_check CHECK ((length(subject) = 32))
);

COMMENT ON TABLE auth.login_throttle IS 'Failed logins per account and address, and of all unknown addresses together; per device; per session for changes of password. Names that no account has count alike, so that the answer does not tell which exist. An hour of peace deletes a row; at most 100,000 stay.';

COMMENT ON COLUMN auth.login_throttle.subject IS 'auth.throttle_subject of what the attempts have in common. A hash: people type passwords into the wrong field.';

COMMENT ON COLUMN auth.login_throttle.account_id IS 'NULL: a name that no account has.';

CREATE TABLE auth.refresh_token (
    token_hash bytea NOT NULL,
    session_id uuid NOT NULL,
    issued_at timestamp with time zone DEFAULT now() NOT NULL,
    used_at timestamp with time zone,
    CONSTRAINT refresh_token_token_hash_check CHECK ((length(token_hash) = 32))
);

COMMENT ON TABLE auth.refresh_token IS 'SHA-256 of every refresh token of a session. Each works once; a second use means that it was stolen, and ends the session.';

CREATE TABLE auth.role (
    name text NOT NULL,
    rank smallint NOT NULL,
    meaning text NOT NULL,
    CONSTRAINT role_name_check CHECK ((name ~ '^[a-z_]{1,32}$'::text))
);

COMMENT ON TABLE auth.role IS 'The roles of callers, each of which may do what those of lower rank may. Each is a PostgreSQL role of that name, and a permission is a GRANT (sql/roles.sql). Only the owner of the schema writes it.';

COMMENT ON COLUMN auth.role.rank IS 'Order. The lowest is that of requests without a token: no account and no key has it (auth.given_roles).';

CREATE TABLE auth.session (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    account_id bigint NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    refreshed_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    revoked_at timestamp with time zone,
    revoked_reason text,
    address inet,
    network cidr GENERATED ALWAYS AS (network(set_masklen(address,
CASE family(address)
    WHEN 6 THEN 64
    ELSE 32
END))) STORED,
    cookie_hash bytea,
    CONSTRAINT session_cookie_hash_check CHECK ((length(cookie_hash) = 32)),
    CONSTRAINT session_revoked_check CHECK (((revoked_at IS NULL) = (revoked_reason IS NULL))),
    CONSTRAINT session_revoked_reason_check CHECK ((revoked_reason = ANY (ARRAY['logout'::text, 'password_changed'::text, 'role_changed'::text, 'deactivated'::text, 'refresh_token_reused'::text, 'administrator'::text, 'superseded'::text])))
);

COMMENT ON TABLE auth.session IS 'One login. Access tokens carry its id; a revoked session refuses them at once (auth.begin_request). Purged some days after it ended.';

COMMENT ON COLUMN auth.session.refreshed_at IS 'When it was last used: an access token renewed, or a request with its cookie (written at most once a minute).';

COMMENT ON COLUMN auth.session.expires_at IS 'No refresh after this moment: the person logs in again.';

COMMENT ON COLUMN auth.session.address IS 'Where the login came from.';

COMMENT ON COLUMN auth.session.network IS 'The same as logins are counted (auth.caller_network): an account is known at a network where it has logged in.';

COMMENT ON COLUMN auth.session.cookie_hash IS 'SHA-256 of the cookie by which a browser uses it. NULL: tokens do.';

CREATE TABLE auth.ws_ticket (
    ticket_hash bytea NOT NULL,
    account_id bigint NOT NULL,
    session_id uuid,
    api_key_id uuid,
    role text NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    CONSTRAINT ws_ticket_ticket_hash_check CHECK ((length(ticket_hash) = 32))
);

COMMENT ON TABLE auth.ws_ticket IS 'One-use tickets for WebSocket clients that cannot send a header (browsers). A ticket is deleted when it is redeemed.';

CREATE TABLE ingest.backlog (
    "time" timestamp with time zone NOT NULL,
    value double precision NOT NULL,
    sensor_id integer NOT NULL,
    quality smallint NOT NULL,
    CONSTRAINT backlog_value_check CHECK (((abs(value) <= ('10000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000'::numeric)::double precision) AND ((abs(value) >= (0.0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000001)::double precision) OR (value = (0)::double precision))))
)
WITH (autovacuum_vacuum_scale_factor='0', autovacuum_vacuum_threshold='50000');

COMMENT ON TABLE ingest.backlog IS 'Points that are accepted and durable, but too old for the live path: ingest.backfill moves them into telemetry.reading, in chunks as wide as they are sparse. All of them are historical.';

COMMENT ON COLUMN ingest.backlog."time" IS 'When it was measured.';

COMMENT ON COLUMN ingest.backlog.value IS 'Finite value in the sensor''s unit.';

COMMENT ON COLUMN ingest.backlog.sensor_id IS 'plant.sensor.id';

COMMENT ON COLUMN ingest.backlog.quality IS 'As in telemetry.reading.';

CREATE TABLE ingest.backlog_message (
    id bigint NOT NULL,
    topic text NOT NULL,
    payload text NOT NULL,
    received_at timestamp with time zone NOT NULL
);
ALTER TABLE ONLY ingest.backlog_message ALTER COLUMN payload SET STORAGE EXTERNAL;

COMMENT ON TABLE ingest.backlog_message IS 'Whole messages that hold many points of long ago: accepted and durable, decoded by ingest.backfill, so that live points do not wait for that. Put here by ingest.put_aside.';

COMMENT ON COLUMN ingest.backlog_message.payload IS 'As it came; not compressed, because it stays for seconds.';

COMMENT ON COLUMN ingest.backlog_message.received_at IS 'When thin received it.';

ALTER TABLE ingest.backlog_message ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME ingest.backlog_message_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE ingest.binary_type (
    sensor_type text NOT NULL,
    CONSTRAINT binary_type_sensor_type_check CHECK (((length(sensor_type) >= 1) AND (length(sensor_type) <= 64)))
);

COMMENT ON TABLE ingest.binary_type IS 'Types of sensors for which the JSON values true and false are 1 and 0. For others they are refused (not_binary).';

CREATE TABLE ingest.import (
    id bigint NOT NULL,
    sha256 text NOT NULL,
    mapping text NOT NULL,
    mapping_hash bigint GENERATED ALWAYS AS (hashtextextended(mapping, (0)::bigint)) STORED NOT NULL,
    file_name text NOT NULL,
    bytes bigint NOT NULL,
    records bigint NOT NULL,
    records_done bigint DEFAULT 0 NOT NULL,
    stored bigint DEFAULT 0 NOT NULL,
    duplicates bigint DEFAULT 0 NOT NULL,
    rejected bigint DEFAULT 0 NOT NULL,
    rejects_bytes bigint DEFAULT 0 NOT NULL,
    started_at timestamp with time zone DEFAULT now() NOT NULL,
    started_by text NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    finished_at timestamp with time zone,
    CONSTRAINT import_bytes_check CHECK ((bytes >= 0)),
    CONSTRAINT import_check CHECK (((records_done >= 0) AND (records_done <= records))),
    CONSTRAINT import_duplicates_check CHECK ((duplicates >= 0)),
    CONSTRAINT import_file_name_check CHECK ((length(file_name) <= 1024)),
    CONSTRAINT import_mapping_check CHECK ((octet_length(mapping) <= 65536)),
    CONSTRAINT import_records_check CHECK ((records >= 0)),
    CONSTRAINT import_rejected_check CHECK ((rejected >= 0)),
    CONSTRAINT import_rejects_bytes_check CHECK ((rejects_bytes >= 0)),
    CONSTRAINT import_sha256_check CHECK ((sha256 ~ '^[0-9a-f]{64}$'::text)),
    CONSTRAINT import_stored_check CHECK ((stored >= 0))
);

COMMENT ON TABLE ingest.import IS 'Files that thin import took in, each once for each way of reading it. A run that was killed goes on after records_done; points and progress are committed together.';

COMMENT ON COLUMN ingest.import.sha256 IS 'Of the file''s bytes, hexadecimal: a file that was changed is another file.';

COMMENT ON COLUMN ingest.import.mapping IS 'How its columns, times and numbers are read, as JSON: the options of thin import.';

COMMENT ON COLUMN ingest.import.records IS 'Records of the file, the header not counted.';

COMMENT ON COLUMN ingest.import.records_done IS 'Of these, how many are stored or refused.';

COMMENT ON COLUMN ingest.import.stored IS 'Points that are new in telemetry.reading.';

COMMENT ON COLUMN ingest.import.duplicates IS 'Points that were there already with the same value.';

COMMENT ON COLUMN ingest.import.rejected IS 'Points and records that were refused, each with its reason in the file of rejected lines.';

COMMENT ON COLUMN ingest.import.rejects_bytes IS 'Length of the file of rejected lines up to records_done.';

COMMENT ON COLUMN ingest.import.finished_at IS 'NULL: not finished; call thin import with the same file and options again.';

ALTER TABLE ingest.import ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME ingest.import_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE ingest.mqtt_session (
    instance text NOT NULL,
    lane text NOT NULL,
    client_id text NOT NULL,
    former_client_id text,
    established_at timestamp with time zone,
    connected_at timestamp with time zone,
    lost_at timestamp with time zone,
    losses integer DEFAULT 0 NOT NULL,
    CONSTRAINT mqtt_session_instance_check CHECK (((length(instance) >= 1) AND (length(instance) <= 200))),
    CONSTRAINT mqtt_session_lane_check CHECK ((length(lane) <= 32))
);

COMMENT ON TABLE ingest.mqtt_session IS 'The persistent sessions that thin has at the broker, one row for each process and lane: under which client id, and whether the broker still has it. Nobody but its owner reads it: who knows a client id can end the session.';

COMMENT ON COLUMN ingest.mqtt_session.instance IS 'THIN_INSTANCE of the process.';

COMMENT ON COLUMN ingest.mqtt_session.lane IS 'What the session carries: points, or inference (features and waveforms).';

COMMENT ON COLUMN ingest.mqtt_session.client_id IS 'thin-{instance}[-{lane}]-{122 random bits}. Stays for ever: what waits at the broker hangs on it.';

COMMENT ON COLUMN ingest.mqtt_session.former_client_id IS 'Client id of a version before, whose session has to be emptied once; NULL: none.';

COMMENT ON COLUMN ingest.mqtt_session.established_at IS 'When the broker first had a session of this id. From then on it has to have it at each connection.';

COMMENT ON COLUMN ingest.mqtt_session.lost_at IS 'When it last had none although it should: what waited there is gone.';

CREATE TABLE ingest.no_value (
    id integer NOT NULL,
    sensor_id integer,
    sensor_type text,
    low double precision NOT NULL,
    high double precision NOT NULL,
    description text NOT NULL,
    CONSTRAINT no_value_check CHECK ((low <= high)),
    CONSTRAINT no_value_description_check CHECK (((length(description) >= 1) AND (length(description) <= 1000))),
    CONSTRAINT no_value_high_check CHECK ((high <> 'NaN'::double precision)),
    CONSTRAINT no_value_low_check CHECK ((low <> 'NaN'::double precision)),
    CONSTRAINT no_value_selection_check CHECK ((num_nonnulls(sensor_id, sensor_type) <= 1)),
    CONSTRAINT no_value_sensor_type_check CHECK (((length(sensor_type) >= 1) AND (length(sensor_type) <= 64)))
);

COMMENT ON TABLE ingest.no_value IS 'Numbers that devices send to say that there is no value (-9999, 3.4e38 …), for one sensor, for all of a type, or, where both are NULL, for all. Such a value is neither stored nor quarantined: ingest.no_value_seen counts it. The sensor falls silent, which no_data rules judge.';

COMMENT ON COLUMN ingest.no_value.low IS 'Values from low to high (both inclusive; the same number for a single value) mean none, in the sensor''s unit.';

ALTER TABLE ingest.no_value ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME ingest.no_value_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE ingest.no_value_seen (
    sensor_id integer NOT NULL,
    messages bigint NOT NULL,
    first_time timestamp with time zone NOT NULL,
    last_time timestamp with time zone NOT NULL,
    last_value double precision NOT NULL
)
WITH (fillfactor='50');

COMMENT ON TABLE ingest.no_value_seen IS 'How often each sensor said that it has no value (ingest.no_value), and when. Written by ingest.';

COMMENT ON COLUMN ingest.no_value_seen.messages IS 'Values that meant none; one that is sent again counts again.';

CREATE TABLE ingest.quarantine (
    id bigint NOT NULL,
    topic text NOT NULL,
    payload bytea,
    reason text NOT NULL,
    detail text,
    received_at timestamp with time zone NOT NULL,
    quarantined_at timestamp with time zone DEFAULT now() NOT NULL,
    repeated integer DEFAULT 1 NOT NULL,
    status text DEFAULT 'new'::text NOT NULL,
    handled_at timestamp with time zone,
    handled_by text,
    CONSTRAINT quarantine_reason_check CHECK ((length(reason) <= 64)),
    CONSTRAINT quarantine_repeated_check CHECK ((repeated >= 1)),
    CONSTRAINT quarantine_status_check CHECK ((status = ANY (ARRAY['new'::text, 'replayed'::text, 'discarded'::text])))
);

COMMENT ON TABLE ingest.quarantine IS 'Messages that could not be stored, with the reason. ingest.replay() sends them through the decoders again once these are mended.';

COMMENT ON COLUMN ingest.quarantine.payload IS 'The bytes as they came (at most the first 64 KiB). NULL where repeated stands for further messages like the row before.';

COMMENT ON COLUMN ingest.quarantine.reason IS 'Error code, listed in docs/errors.md.';

COMMENT ON COLUMN ingest.quarantine.repeated IS 'How many messages this row stands for: in one batch only the first hundred of a topic and reason are kept whole (setting ingest.quarantine_per_batch).';

ALTER TABLE ingest.quarantine ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME ingest.quarantine_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE ingest.replaced_value (
    sensor_id integer NOT NULL,
    "time" timestamp with time zone NOT NULL,
    value double precision NOT NULL,
    quality smallint NOT NULL,
    replaced_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);

COMMENT ON TABLE ingest.replaced_value IS 'Values that a later arrival with the same time took the place of (setting ingest.same_time = later). A redelivery of one changes nothing. Kept as long as the quarantine.';

COMMENT ON COLUMN ingest.replaced_value.value IS 'What stood in telemetry.reading, or ingest.backlog, until replaced_at.';

CREATE TABLE ingest.same_time_seen (
    sensor_id integer NOT NULL,
    kept bigint DEFAULT 0 NOT NULL,
    replaced bigint DEFAULT 0 NOT NULL,
    first_time timestamp with time zone NOT NULL,
    last_time timestamp with time zone NOT NULL
)
WITH (fillfactor='50');

COMMENT ON TABLE ingest.same_time_seen IS 'How often a sensor had two different values at one time (a logger with whole seconds), and when. Written by ingest. The setting ingest.same_time says what becomes of them.';

COMMENT ON COLUMN ingest.same_time_seen.kept IS 'Values that were stored microseconds beside the one that was there.';

COMMENT ON COLUMN ingest.same_time_seen.replaced IS 'Values that a later arrival took the place of: in ingest.replaced_value.';

COMMENT ON COLUMN ingest.same_time_seen.last_time IS 'Greatest time of measurement at which it happened.';

CREATE TABLE ingest.topic_decoder (
    id integer NOT NULL,
    topic_filter text NOT NULL,
    decoder regproc,
    priority smallint DEFAULT 100 NOT NULL,
    enabled boolean DEFAULT true NOT NULL,
    description text NOT NULL,
    levels integer GENERATED ALWAYS AS (((length(topic_filter) - length(replace(topic_filter, '/'::text, ''::text))) + 1)) STORED NOT NULL,
    like_pattern text GENERATED ALWAYS AS (regexp_replace(replace(topic_filter, '_'::text, '\_'::text), '\{[a-z]+\}'::text, '%'::text, 'g'::text)) STORED NOT NULL,
    equipment_level integer GENERATED ALWAYS AS (((length(split_part(topic_filter, '{equipment}'::text, 1)) - length(replace(split_part(topic_filter, '{equipment}'::text, 1), '/'::text, ''::text))) + 1)) STORED NOT NULL,
    sensor_level integer GENERATED ALWAYS AS (
CASE
    WHEN (topic_filter ~~ '%{sensor}%'::text) THEN ((length(split_part(topic_filter, '{sensor}'::text, 1)) - length(replace(split_part(topic_filter, '{sensor}'::text, 1), '/'::text, ''::text))) + 1)
    ELSE NULL::integer
END) STORED,
    suspended_until timestamp with time zone,
    unit text,
    time_zone text,
    CONSTRAINT topic_decoder_description_check CHECK (((length(description) >= 1) AND (length(description) <= 1000))),
    CONSTRAINT topic_decoder_topic_filter_check CHECK (((topic_filter ~ '^[^/+#%_\\]*[^+#%\\]*$'::text) AND (topic_filter ~ '\{equipment\}'::text) AND (length(topic_filter) <= 256))),
    CONSTRAINT topic_decoder_unit_check CHECK (((length(unit) >= 1) AND (length(unit) <= 32)))
);

COMMENT ON TABLE ingest.topic_decoder IS 'Which SQL function decodes which topics. {equipment} and {sensor} stand for one topic level each, {any} for one that is not looked at. thin subscribes to the enabled rows and reloads on change.';

COMMENT ON COLUMN ingest.topic_decoder.decoder IS 'Function (ordinal integer[], equipment text[], sensor text[], payload text[], received_at timestamptz[]) RETURNS SETOF ingest.point. NULL: thin itself reads these messages, because they need arithmetic (features, waveforms).';

COMMENT ON COLUMN ingest.topic_decoder.priority IS 'Where two filters match a topic the lower number wins.';

COMMENT ON COLUMN ingest.topic_decoder.suspended_until IS 'Until then its messages go to quarantine undecoded (decoder_suspended), because it ran longer than the setting ingest.decoder_timeout with a single message. Set NULL once it is mended, and ingest.replay() what was put aside.';

COMMENT ON COLUMN ingest.topic_decoder.unit IS 'Unit of its values where the message names none. NULL: they are in their sensors'' units.';

COMMENT ON COLUMN ingest.topic_decoder.time_zone IS 'Zone of times that name no offset: a name such as Asia/Seoul. NULL: the setting ingest.time_zone.';

ALTER TABLE ingest.topic_decoder ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME ingest.topic_decoder_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE ml.backtest (
    id bigint NOT NULL,
    equipment_id text NOT NULL,
    power text NOT NULL,
    model_version text NOT NULL,
    from_time timestamp with time zone NOT NULL,
    to_time timestamp with time zone NOT NULL,
    state text DEFAULT 'running'::text NOT NULL,
    inputs bigint DEFAULT 0 NOT NULL,
    refused bigint DEFAULT 0 NOT NULL,
    error text,
    started_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    started_by text NOT NULL,
    touched_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    finished_at timestamp with time zone,
    CONSTRAINT backtest_finished_check CHECK (((state = 'running'::text) = (finished_at IS NULL))),
    CONSTRAINT backtest_state_check CHECK ((state = ANY (ARRAY['running'::text, 'done'::text, 'failed'::text]))),
    CONSTRAINT backtest_time_check CHECK ((to_time > from_time))
);

COMMENT ON TABLE ml.backtest IS 'History replayed through a bundle: what it would have said of inputs that are stored. thin scores them (POST serve-ml/models/{equipment_id}/{power}/versions/{model_version}/backtest); nothing live is touched.';

COMMENT ON COLUMN ml.backtest.to_time IS 'Exclusive.';

COMMENT ON COLUMN ml.backtest.inputs IS 'Inputs that it judged: ml.backtest_verdict has them.';

COMMENT ON COLUMN ml.backtest.refused IS 'Inputs that do not fit the bundle; error says why the first one does not.';

ALTER TABLE ml.backtest ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME ml.backtest_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE ml.backtest_verdict (
    backtest_id bigint NOT NULL,
    "time" timestamp with time zone NOT NULL,
    is_anomaly boolean NOT NULL,
    confidence double precision NOT NULL,
    severity text,
    ratio jsonb DEFAULT '{}'::jsonb NOT NULL,
    value double precision,
    CONSTRAINT backtest_verdict_confidence_check CHECK (((confidence >= (0)::double precision) AND (confidence <= (1)::double precision)))
);

COMMENT ON TABLE ml.backtest_verdict IS 'What a bundle says of one stored input (ml.backtest).';

COMMENT ON COLUMN ml.backtest_verdict.ratio IS 'Score / threshold by modality.';

COMMENT ON COLUMN ml.backtest_verdict.value IS 'What its regressor gives; NULL where it has none.';

CREATE TABLE ml.bundle_report (
    instance text NOT NULL,
    model_id bigint NOT NULL,
    status text NOT NULL,
    status_code text,
    status_reason text,
    sha256 text,
    CONSTRAINT bundle_report_status_check CHECK ((status = ANY (ARRAY['ready'::text, 'rejected'::text])))
);

COMMENT ON TABLE ml.bundle_report IS 'What each process last said of each bundle. A bundle is ready while one of the reports that count serves it, so processes that report one after the other do not flap it.';

CREATE TABLE ml.challenger_review (
    id bigint NOT NULL,
    equipment_id text NOT NULL,
    power text NOT NULL,
    champion text NOT NULL,
    challenger text NOT NULL,
    reviewed_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    reviewed_by text NOT NULL,
    passes boolean NOT NULL,
    checks jsonb NOT NULL,
    comparison jsonb NOT NULL,
    is_promoted boolean DEFAULT false NOT NULL,
    CONSTRAINT challenger_review_checks_check CHECK ((jsonb_typeof(checks) = 'array'::text)),
    CONSTRAINT challenger_review_comparison_check CHECK ((jsonb_typeof(comparison) = 'object'::text))
);

COMMENT ON TABLE ml.challenger_review IS 'What ml.review_challenger found. The newest of a pair is kept, and each that led to a promotion.';

COMMENT ON COLUMN ml.challenger_review.checks IS '[{check, needed, found, passes}]: the policy, point by point.';

COMMENT ON COLUMN ml.challenger_review.comparison IS 'live: champion and challenger on the same inputs (ml.compare_shadow). labelled: against plant.label. replayed: on history, where one was replayed.';

ALTER TABLE ml.challenger_review ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME ml.challenger_review_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE ml.clock (
    name text NOT NULL,
    done_to timestamp with time zone NOT NULL,
    CONSTRAINT clock_name_check CHECK ((name = ANY (ARRAY['summary'::text, 'features_dropped'::text])))
);

COMMENT ON TABLE ml.clock IS 'How far the jobs have come: summary, up to which received_at ml.summarise has read; features_dropped, up to which time ml.purge_predictions has emptied features.';

CREATE TABLE ml.feature_day (
    model_id bigint NOT NULL,
    day date NOT NULL,
    feature text NOT NULL,
    predictions integer NOT NULL,
    samples integer NOT NULL,
    below integer NOT NULL,
    above integer NOT NULL,
    sum double precision NOT NULL,
    sum_sq double precision NOT NULL,
    minimum double precision,
    maximum double precision,
    bin_1 integer NOT NULL,
    bin_2 integer NOT NULL,
    bin_3 integer NOT NULL,
    bin_4 integer NOT NULL,
    bin_5 integer NOT NULL,
    bin_6 integer NOT NULL,
    bin_7 integer NOT NULL,
    bin_8 integer NOT NULL,
    bin_9 integer NOT NULL,
    bin_10 integer NOT NULL
)
WITH (fillfactor='70');

COMMENT ON TABLE ml.feature_day IS 'What drift needs of a day''s predictions, per model and feature: it stays when the predictions are gone. Written by ml.summarise; everything adds up, so each prediction is read once.';

COMMENT ON COLUMN ml.feature_day.day IS 'UTC day of the measurement.';

COMMENT ON COLUMN ml.feature_day.predictions IS 'Predictions of the day that kept their features; those without this feature are predictions - samples.';

COMMENT ON COLUMN ml.feature_day.below IS 'Values below the reference''s minimum.';

COMMENT ON COLUMN ml.feature_day.above IS 'Values above the reference''s maximum.';

COMMENT ON COLUMN ml.feature_day.bin_1 IS 'Values below the first decile of the reference; bin_10: at or above the ninth.';

CREATE TABLE ml.feature_reference (
    model_id bigint NOT NULL,
    feature text NOT NULL,
    source text NOT NULL,
    mean double precision NOT NULL,
    spread double precision NOT NULL,
    minimum double precision NOT NULL,
    maximum double precision NOT NULL,
    quantiles double precision[] NOT NULL,
    expected double precision[] NOT NULL,
    samples bigint,
    learned_from timestamp with time zone,
    learned_to timestamp with time zone,
    set_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    set_by text NOT NULL,
    CONSTRAINT feature_reference_expected_check CHECK ((cardinality(expected) = 10)),
    CONSTRAINT feature_reference_feature_check CHECK (((length(feature) >= 1) AND (length(feature) <= 128))),
    CONSTRAINT feature_reference_quantiles_check CHECK ((cardinality(quantiles) = 11)),
    CONSTRAINT feature_reference_source_check CHECK ((source = ANY (ARRAY['training'::text, 'learned'::text]))),
    CONSTRAINT feature_reference_spread_check CHECK ((spread >= (0)::double precision))
);

COMMENT ON TABLE ml.feature_reference IS 'How a model''s features were distributed when all was well: what drift is measured against. From the bundle''s training statistics (ml.sync_models) or learned from stored predictions (ml.learn_reference).';

COMMENT ON COLUMN ml.feature_reference.spread IS 'Standard deviation.';

COMMENT ON COLUMN ml.feature_reference.quantiles IS 'Minimum, the nine deciles, maximum.';

COMMENT ON COLUMN ml.feature_reference.expected IS 'Share of the values in each of the ten bins that the deciles bound; not a tenth where deciles coincide.';

COMMENT ON COLUMN ml.feature_reference.samples IS 'How many values it was made from; NULL: the bundle does not say.';

CREATE TABLE ml.health_clock (
    is_only boolean DEFAULT true NOT NULL,
    ratios_to timestamp with time zone NOT NULL,
    CONSTRAINT health_clock_is_only_check CHECK (is_only)
);

COMMENT ON TABLE ml.health_clock IS 'Up to which received_at ml.health_add_ratios has read the predictions. One row, or none yet.';

CREATE TABLE ml.health_indicator (
    name text NOT NULL,
    kind text NOT NULL,
    equipment_id text,
    equipment_type text,
    sensor_type text,
    sensor text,
    statistic text DEFAULT 'mean'::text NOT NULL,
    limit_value double precision,
    direction text DEFAULT 'up'::text NOT NULL,
    component_type text,
    enabled boolean DEFAULT true NOT NULL,
    description text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT health_indicator_component_type_check CHECK (((length(component_type) >= 1) AND (length(component_type) <= 64))),
    CONSTRAINT health_indicator_description_check CHECK ((length(description) <= 4000)),
    CONSTRAINT health_indicator_direction_check CHECK ((direction = ANY (ARRAY['up'::text, 'down'::text]))),
    CONSTRAINT health_indicator_equipment_type_check CHECK (((length(equipment_type) >= 1) AND (length(equipment_type) <= 64))),
    CONSTRAINT health_indicator_given_check CHECK (
CASE kind
    WHEN 'vibration_zone'::text THEN (direction = 'up'::text)
    WHEN 'rollup'::text THEN ((limit_value IS NOT NULL) AND (num_nonnulls(sensor_type, sensor) > 0))
    WHEN 'baseline_distance'::text THEN ((limit_value > (0)::double precision) AND (direction = 'up'::text) AND (statistic = 'mean'::text))
    ELSE ((limit_value > (0)::double precision) AND (direction = 'up'::text) AND (statistic = ANY (ARRAY['mean'::text, 'max'::text])) AND (num_nonnulls(sensor_type, sensor) = 0))
END),
    CONSTRAINT health_indicator_kind_check CHECK ((kind = ANY (ARRAY['baseline_distance'::text, 'vibration_zone'::text, 'prediction_ratio'::text, 'rollup'::text]))),
    CONSTRAINT health_indicator_limit_check CHECK ((((abs(limit_value) >= (0.0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000001)::double precision) AND (abs(limit_value) <= ('10000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000'::numeric)::double precision)) OR (limit_value = (0)::double precision))),
    CONSTRAINT health_indicator_name_check CHECK ((name ~ '^[a-z][a-z0-9_]{0,62}$'::text)),
    CONSTRAINT health_indicator_scope_check CHECK ((num_nonnulls(equipment_id, equipment_type) <= 1)),
    CONSTRAINT health_indicator_sensor_check CHECK (((length(sensor) >= 1) AND (length(sensor) <= 128))),
    CONSTRAINT health_indicator_sensor_type_check CHECK (((length(sensor_type) >= 1) AND (length(sensor_type) <= 64))),
    CONSTRAINT health_indicator_statistic_check CHECK ((statistic = ANY (ARRAY['mean'::text, 'rms'::text, 'stddev'::text, 'min'::text, 'max'::text, 'p95'::text])))
);

COMMENT ON TABLE ml.health_indicator IS 'Numbers that stand for the health of a machine and the limit at which its life ends. Each holds for one machine, a type of machines or all, and makes a series of hours for each sensor (or bundle) that it fits (ml.health_source). A row here is all that a new indicator takes.';

COMMENT ON COLUMN ml.health_indicator.kind IS 'baseline_distance: how many spreads the hour''s mean lies from the learned centre (alarm.baseline). vibration_zone: the statistic of a sensor whose machine states a vibration class (alarm.vibration_zone). prediction_ratio: score / threshold of the serving bundle, the greatest of the modalities. rollup: the statistic of any sensor.';

COMMENT ON COLUMN ml.health_indicator.equipment_type IS 'All machines of this type. NULL with no equipment_id: all machines.';

COMMENT ON COLUMN ml.health_indicator.sensor_type IS 'Sensors of this type only; NULL: of any.';

COMMENT ON COLUMN ml.health_indicator.sensor IS 'Sensors of this name only; NULL: of any.';

COMMENT ON COLUMN ml.health_indicator.statistic IS 'What is taken of an hour: mean, rms (root of the mean square), stddev, min, max, p95 (of rollup.sketch_1h).';

COMMENT ON COLUMN ml.health_indicator.limit_value IS 'Where the life ends: in the sensor''s unit, in spreads (baseline_distance), or as a ratio. NULL: the boundary C/D of the machine''s vibration class.';

COMMENT ON COLUMN ml.health_indicator.direction IS 'up: wear makes it rise to the limit. down: it falls to it.';

COMMENT ON COLUMN ml.health_indicator.component_type IS 'Type of the components whose replacement begins the series anew; NULL: of any. What was done at the machine as a whole always does (ml.health_reset).';

CREATE TABLE ml.health_ratio_1h (
    equipment_id text NOT NULL,
    power text NOT NULL,
    model_version text NOT NULL,
    bucket timestamp with time zone NOT NULL,
    count bigint NOT NULL,
    sum double precision NOT NULL,
    max double precision NOT NULL,
    CONSTRAINT health_ratio_1h_count_check CHECK ((count > 0))
);

COMMENT ON TABLE ml.health_ratio_1h IS 'Score / threshold of the predictions that count (stage champion), the greatest of their modalities, by the hour of their time. Added up by ml.health_add_ratios; kept as long as the setting ml.summary_retention says.';

CREATE TABLE ml.model_alias (
    equipment_id text NOT NULL,
    power text NOT NULL,
    alias text NOT NULL,
    model_version text NOT NULL,
    set_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    set_by text DEFAULT SESSION_USER NOT NULL,
    reason text,
    CONSTRAINT model_alias_alias_check CHECK ((alias = ANY (ARRAY['champion'::text, 'challenger'::text])))
);

COMMENT ON TABLE ml.model_alias IS 'champion: the version that answers and raises alarms. challenger: scored on the same inputs as a shadow; its results are stored and raise nothing. Set by ml.set_alias.';

CREATE TABLE ml.model_alias_history (
    id bigint NOT NULL,
    equipment_id text NOT NULL,
    power text NOT NULL,
    alias text NOT NULL,
    model_version text,
    previous_version text,
    set_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    set_by text NOT NULL,
    reason text,
    undoes bigint
);

COMMENT ON TABLE ml.model_alias_history IS 'Every change of an alias: who, when, why, from what to what (NULL: none).';

COMMENT ON COLUMN ml.model_alias_history.undoes IS 'A rollback: the change that it took back.';

ALTER TABLE ml.model_alias_history ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME ml.model_alias_history_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE ml.power_rule (
    equipment_id text NOT NULL,
    vibration_factor double precision DEFAULT 10 NOT NULL,
    current_factor double precision DEFAULT 1 NOT NULL,
    fixed_power text,
    CONSTRAINT power_rule_number_check CHECK (((((abs(vibration_factor) >= (0.0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000001)::double precision) AND (abs(vibration_factor) <= ('10000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000'::numeric)::double precision)) OR (vibration_factor = (0)::double precision)) AND (((abs(current_factor) >= (0.0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000001)::double precision) AND (abs(current_factor) <= ('10000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000'::numeric)::double precision)) OR (current_factor = (0)::double precision))))
);

COMMENT ON TABLE ml.power_rule IS 'How the power class is chosen where a request names none: nearest kW to vibration_factor · vib_rms + current_factor · mean of the non-zero cur_*_rms; or always fixed_power. The row "*" is the default.';

CREATE TABLE ml.promotion_policy (
    equipment_id text NOT NULL,
    is_automatic boolean DEFAULT false NOT NULL,
    span interval DEFAULT '7 days'::interval NOT NULL,
    minimum_inputs integer DEFAULT 500 NOT NULL,
    minimum_agreement double precision,
    more_alarms_per_week double precision,
    minimum_gain double precision,
    slowest_latency_us double precision,
    minimum_replayed integer,
    note text,
    set_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    set_by text DEFAULT SESSION_USER NOT NULL,
    CONSTRAINT promotion_policy_equipment_id_check CHECK (((length(equipment_id) >= 1) AND (length(equipment_id) <= 64))),
    CONSTRAINT promotion_policy_minimum_agreement_check CHECK (((minimum_agreement >= (0)::double precision) AND (minimum_agreement <= (1)::double precision))),
    CONSTRAINT promotion_policy_minimum_gain_check CHECK (((minimum_gain >= ('-1'::integer)::double precision) AND (minimum_gain <= (1)::double precision))),
    CONSTRAINT promotion_policy_minimum_inputs_check CHECK (((minimum_inputs >= 1) AND (minimum_inputs <= 100000000))),
    CONSTRAINT promotion_policy_minimum_replayed_check CHECK (((minimum_replayed >= 1) AND (minimum_replayed <= 100000000))),
    CONSTRAINT promotion_policy_more_alarms_per_week_check CHECK (((more_alarms_per_week >= (0)::double precision) AND (more_alarms_per_week <= ('1000000'::numeric)::double precision))),
    CONSTRAINT promotion_policy_note_check CHECK ((length(note) <= 2000)),
    CONSTRAINT promotion_policy_slowest_latency_us_check CHECK (((slowest_latency_us >= (1)::double precision) AND (slowest_latency_us <= ('1000000000'::numeric)::double precision))),
    CONSTRAINT promotion_policy_span_check CHECK (((span >= '00:01:00'::interval) AND (span <= '366 days'::interval)))
);

COMMENT ON TABLE ml.promotion_policy IS 'When a challenger becomes champion: what ml.review_challenger holds the two against, per machine; the row * is for all that have none of their own.';

COMMENT ON COLUMN ml.promotion_policy.is_automatic IS 'true: the job ml.review_challengers promotes whoever passes. false: a person does (ml.promote_challenger).';

COMMENT ON COLUMN ml.promotion_policy.span IS 'How much of the past the two are compared over.';

COMMENT ON COLUMN ml.promotion_policy.minimum_inputs IS 'So many inputs must both have judged.';

COMMENT ON COLUMN ml.promotion_policy.minimum_agreement IS 'Share of the inputs that both must judge alike, 0 to 1; NULL: does not matter.';

COMMENT ON COLUMN ml.promotion_policy.more_alarms_per_week IS 'How many alarms a week the challenger may raise more than the champion; NULL: does not matter.';

COMMENT ON COLUMN ml.promotion_policy.minimum_gain IS 'How much better its F1 on labelled inputs must be (negative: may be worse); asked only where both have one. NULL: does not matter.';

COMMENT ON COLUMN ml.promotion_policy.slowest_latency_us IS 'Its p99 at most, microseconds; NULL: does not matter.';

COMMENT ON COLUMN ml.promotion_policy.minimum_replayed IS 'So many inputs of history must have been replayed through it (ml.backtest), with the same gain; NULL: none.';

CREATE TABLE ml.registry_report (
    instance text NOT NULL,
    reported_at timestamp with time zone NOT NULL,
    served integer NOT NULL,
    rejected integer NOT NULL,
    CONSTRAINT registry_report_instance_check CHECK (((length(instance) >= 1) AND (length(instance) <= 200)))
);

COMMENT ON TABLE ml.registry_report IS 'When each thin process last said what it found under SERVE_ML_ROOT. A report counts for as long as the setting ml.report_lifetime says; the newest one always counts.';

CREATE TABLE ml.rul_correction (
    method text NOT NULL,
    equipment_type text NOT NULL,
    valid_from timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    shift double precision,
    lives integer NOT NULL,
    estimates integer NOT NULL,
    raw_coverage double precision,
    reason text,
    CONSTRAINT rul_correction_equipment_type_check CHECK (((length(equipment_type) >= 1) AND (length(equipment_type) <= 64))),
    CONSTRAINT rul_correction_estimates_check CHECK ((estimates >= 0)),
    CONSTRAINT rul_correction_lives_check CHECK ((lives >= 0)),
    CONSTRAINT rul_correction_raw_coverage_check CHECK (((raw_coverage >= (0)::double precision) AND (raw_coverage <= (1)::double precision))),
    CONSTRAINT rul_correction_shift_check CHECK (((shift >= ('-50'::integer)::double precision) AND (shift <= (50)::double precision)))
);

COMMENT ON TABLE ml.rul_correction IS 'By how much the 80 % interval of a method is widened or narrowed for machines of a type, learned from lives that ended (ml.conformal_fit). The row with the last valid_from holds for estimates received from then on.';

COMMENT ON COLUMN ml.rul_correction.shift IS 'Both ends are moved outwards by it, in ln(1 h + hours): 0.69 halves the lower end and doubles the upper one. Negative: inwards. NULL: no correction, see reason.';

COMMENT ON COLUMN ml.rul_correction.lives IS 'Lives that it was learned from; estimates: of them.';

COMMENT ON COLUMN ml.rul_correction.raw_coverage IS 'Share of those lives'' estimates that the interval as the method stated it held.';

CREATE TABLE ml.rul_ended (
    equipment_id text NOT NULL,
    ended_at timestamp with time zone NOT NULL,
    began_at timestamp with time zone,
    reason text NOT NULL,
    equipment_type text NOT NULL,
    component_id bigint,
    life_id bigint,
    failure_id bigint,
    is_late boolean DEFAULT false NOT NULL,
    judged_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT rul_ended_reason_check CHECK ((reason = ANY (ARRAY['failed'::text, 'preventive'::text, 'other'::text])))
);

COMMENT ON TABLE ml.rul_ended IS 'Ends of machines'' lives (ml.rul_end) as they were when the estimates before them were last judged. Where the two differ, ml.outcome_judge judges anew. Written by it.';

COMMENT ON COLUMN ml.rul_ended.began_at IS 'Estimates from here on are held against this end: the end before, or when the part went in. NULL: not known.';

COMMENT ON COLUMN ml.rul_ended.reason IS 'failed: the estimates are judged. Else they are censored: it would have lasted longer.';

COMMENT ON COLUMN ml.rul_ended.is_late IS 'An estimate for the time before it came after it was judged: judge anew.';

CREATE TABLE ml.rul_governor (
    equipment_id text NOT NULL,
    method text NOT NULL,
    set_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    set_by text DEFAULT SESSION_USER NOT NULL
);

COMMENT ON TABLE ml.rul_governor IS 'Which method governs a machine, whatever the places in ml.rul_method say. Without a row they decide.';

CREATE TABLE ml.rul_lite_feed (
    equipment_id text NOT NULL,
    done_to timestamp with time zone NOT NULL,
    ticks bigint DEFAULT 0 NOT NULL,
    last_ticks integer DEFAULT 0 NOT NULL
)
WITH (fillfactor='70');

COMMENT ON TABLE ml.rul_lite_feed IS 'RUL-lite by stored points: how far each machine''s points have been taken (ml.tick_stored_points). Moves forward only, in the transaction that ticks: each point is a tick once at the most.';

COMMENT ON COLUMN ml.rul_lite_feed.done_to IS 'Time of measurement of the last one.';

COMMENT ON COLUMN ml.rul_lite_feed.ticks IS 'How many there were.';

COMMENT ON COLUMN ml.rul_lite_feed.last_ticks IS 'Of them, in the last run that found any.';

CREATE TABLE ml.rul_lite_state (
    equipment_id text NOT NULL,
    power text NOT NULL,
    "time" timestamp with time zone NOT NULL,
    units double precision NOT NULL,
    ceiling double precision NOT NULL,
    is_on boolean DEFAULT false NOT NULL,
    above integer DEFAULT 0 NOT NULL,
    below integer DEFAULT 0 NOT NULL,
    calm integer DEFAULT 0 NOT NULL,
    ratio double precision,
    step_decay double precision DEFAULT 0 NOT NULL,
    step_recover double precision DEFAULT 0 NOT NULL,
    recorded_at timestamp with time zone,
    x double precision,
    y double precision,
    z double precision,
    vibe double precision,
    CONSTRAINT rul_lite_state_ceiling_check CHECK (((ceiling >= (0)::double precision) AND (ceiling <= ('10000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000'::numeric)::double precision))),
    CONSTRAINT rul_lite_state_power_check CHECK (((length(power) >= 1) AND (length(power) <= 64))),
    CONSTRAINT rul_lite_state_units_check CHECK (((units >= (0)::double precision) AND (units <= ('10000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000'::numeric)::double precision)))
)
WITH (fillfactor='70');

COMMENT ON TABLE ml.rul_lite_state IS 'RUL-lite''s state of each machine and power. Written by ml.tick_rul_lite; ml.renew_rul_lite begins a new life after an overhaul.';

COMMENT ON COLUMN ml.rul_lite_state."time" IS 'Of the last tick.';

COMMENT ON COLUMN ml.rul_lite_state.units IS 'What is left of the life (setting ml.rul_lite_life), in units.';

COMMENT ON COLUMN ml.rul_lite_state.ceiling IS 'Units at the last alarm; the whole life before the first. Recovery ends here.';

COMMENT ON COLUMN ml.rul_lite_state.is_on IS 'Its alarm is on.';

COMMENT ON COLUMN ml.rul_lite_state.above IS 'Ticks in a row above the limit (setting ml.rul_lite_limit); below: not above.';

COMMENT ON COLUMN ml.rul_lite_state.calm IS 'Ticks in a row that were not above and after which the alarm was off.';

COMMENT ON COLUMN ml.rul_lite_state.ratio IS 'Of the last tick: reading / threshold, the greater of the two; NULL: there was no threshold.';

COMMENT ON COLUMN ml.rul_lite_state.step_decay IS 'Units that the last tick took; step_recover: gave back.';

COMMENT ON COLUMN ml.rul_lite_state.recorded_at IS 'Time of the last tick whose estimate was stored (setting ml.rul_lite_every).';

COMMENT ON COLUMN ml.rul_lite_state.x IS 'What the last tick had: currents x, y, z and vibration vibe.';

CREATE TABLE ml.rul_lite_threshold (
    equipment_id text NOT NULL,
    power text DEFAULT '*'::text NOT NULL,
    current_threshold double precision,
    vibration_threshold double precision,
    source text DEFAULT 'given'::text NOT NULL,
    samples bigint,
    learned_from timestamp with time zone,
    learned_to timestamp with time zone,
    set_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    set_by text DEFAULT SESSION_USER NOT NULL,
    CONSTRAINT rul_lite_threshold_any_check CHECK ((num_nonnulls(current_threshold, vibration_threshold) > 0)),
    CONSTRAINT rul_lite_threshold_equipment_id_check CHECK (((length(equipment_id) >= 1) AND (length(equipment_id) <= 64))),
    CONSTRAINT rul_lite_threshold_number_check CHECK ((((current_threshold >= (0.0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000001)::double precision) AND (current_threshold <= ('10000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000'::numeric)::double precision)) AND ((vibration_threshold >= (0.0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000001)::double precision) AND (vibration_threshold <= ('10000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000'::numeric)::double precision)))),
    CONSTRAINT rul_lite_threshold_power_check CHECK (((length(power) >= 1) AND (length(power) <= 64))),
    CONSTRAINT rul_lite_threshold_source_check CHECK ((source = ANY (ARRAY['given'::text, 'learned'::text, 'file'::text])))
);

COMMENT ON TABLE ml.rul_lite_threshold IS 'What RUL-lite holds the readings of a machine and power against: written by hand (given), learned (ml.calibrate_rul_lite), or out of the file that RUL_CALIB_PATH names (ml.import_rul_calibration). A * stands for every machine or power that has no row of its own.';

COMMENT ON COLUMN ml.rul_lite_threshold.current_threshold IS 'For the magnitude √(x²+y²+z²) of the currents, in their unit; NULL: they are not judged.';

COMMENT ON COLUMN ml.rul_lite_threshold.vibration_threshold IS 'For the vibration, in its unit; NULL: it is not judged.';

COMMENT ON COLUMN ml.rul_lite_threshold.samples IS 'How many readings it was learned from, at the least of the two; NULL: it was given.';

CREATE TABLE ml.rul_method (
    method text NOT NULL,
    place smallint NOT NULL,
    meaning text NOT NULL,
    CONSTRAINT rul_method_method_check CHECK ((method ~ '^[a-z][a-z_]{0,31}$'::text))
);

COMMENT ON TABLE ml.rul_method IS 'The ways in which a remaining useful life is estimated.';

COMMENT ON COLUMN ml.rul_method.place IS 'Of the methods that have spoken for a machine, the one with the least place governs (report.current_life).';

CREATE TABLE ml.rul_outcome (
    equipment_id text NOT NULL,
    ended_at timestamp with time zone NOT NULL,
    method text NOT NULL,
    power text NOT NULL,
    model_version text NOT NULL,
    "time" timestamp with time zone NOT NULL,
    received_at timestamp with time zone NOT NULL,
    rul_hours double precision NOT NULL,
    lower_hours double precision,
    upper_hours double precision,
    told_lower_hours double precision,
    told_upper_hours double precision,
    cap_hours double precision,
    confidence double precision,
    actual_hours double precision NOT NULL,
    is_censored boolean NOT NULL,
    CONSTRAINT rul_outcome_actual_hours_check CHECK ((actual_hours >= (0)::double precision))
);

COMMENT ON TABLE ml.rul_outcome IS 'Estimates of remaining life (report.remaining_life) beside what was really left: of each method, power and version as many of a life as the setting ml.outcome_estimates says, evenly over its time. Written by ml.outcome_judge.';

COMMENT ON COLUMN ml.rul_outcome.lower_hours IS 'As the method stated it; upper_hours, too. NULL: it states none.';

COMMENT ON COLUMN ml.rul_outcome.told_lower_hours IS 'As it was told, with the correction of that time (ml.rul_correction); told_upper_hours, too.';

COMMENT ON COLUMN ml.rul_outcome.cap_hours IS 'The method never says more (member cap_hours of its basis): then this much is what is held against. NULL: no cap.';

COMMENT ON COLUMN ml.rul_outcome.actual_hours IS 'Hours of the calendar from time to the end; where is_censored, it would have been more.';

CREATE TABLE ml.rul_predictions (
    "time" timestamp with time zone NOT NULL,
    equipment_id text NOT NULL,
    power text DEFAULT '*'::text NOT NULL,
    method text NOT NULL,
    model_version text DEFAULT ''::text NOT NULL,
    rul_hours double precision NOT NULL,
    lower_hours double precision,
    upper_hours double precision,
    confidence double precision,
    basis jsonb DEFAULT '{}'::jsonb NOT NULL,
    received_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT rul_predictions_basis_check CHECK ((jsonb_typeof(basis) = 'object'::text)),
    CONSTRAINT rul_predictions_confidence_check CHECK (((confidence >= (0)::double precision) AND (confidence <= (1)::double precision))),
    CONSTRAINT rul_predictions_equipment_id_check CHECK (((length(equipment_id) >= 1) AND (length(equipment_id) <= 64))),
    CONSTRAINT rul_predictions_interval_check CHECK (((num_nulls(lower_hours, upper_hours) = ANY (ARRAY[0, 2])) AND (lower_hours <= rul_hours) AND (rul_hours <= upper_hours))),
    CONSTRAINT rul_predictions_model_version_check CHECK ((length(model_version) <= 64)),
    CONSTRAINT rul_predictions_number_check CHECK ((((rul_hours >= (0)::double precision) AND (rul_hours <= ('10000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000'::numeric)::double precision)) AND (lower_hours >= (0)::double precision) AND (upper_hours <= ('10000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000'::numeric)::double precision))),
    CONSTRAINT rul_predictions_power_check CHECK (((length(power) >= 1) AND (length(power) <= 64)))
);

COMMENT ON TABLE ml.rul_predictions IS 'Estimates of the remaining useful life by all methods but one: what a bundle''s regressor gives stays with its prediction (ml.serve_ml_predictions.value). report.remaining_life has both. Written by ml.record_rul. A hypertable with one chunk a week.';

COMMENT ON COLUMN ml.rul_predictions."time" IS 'The moment for which it was estimated.';

COMMENT ON COLUMN ml.rul_predictions.power IS 'Power class; *: the machine as a whole.';

COMMENT ON COLUMN ml.rul_predictions.model_version IS 'What made it, where the method has versions; else empty.';

COMMENT ON COLUMN ml.rul_predictions.rul_hours IS 'Remaining useful life, in hours.';

COMMENT ON COLUMN ml.rul_predictions.lower_hours IS 'Lower end of the 80 % interval, in hours; NULL (with upper_hours): the method states none.';

COMMENT ON COLUMN ml.rul_predictions.upper_hours IS 'Upper end of the 80 % interval, in hours.';

COMMENT ON COLUMN ml.rul_predictions.confidence IS '0 to 1; NULL: the method states none.';

COMMENT ON COLUMN ml.rul_predictions.basis IS 'What it was made from; the members depend on the method.';

CREATE TABLE ml.rul_withdrawal (
    equipment_id text NOT NULL,
    method text NOT NULL,
    withdrawn_to timestamp with time zone NOT NULL,
    reason text NOT NULL
);

COMMENT ON TABLE ml.rul_withdrawal IS 'Estimates of a method for a machine that hold no more and govern nothing, because the method now says nothing: a part was replaced, or the trend has stopped. They stay in report.remaining_life.';

COMMENT ON COLUMN ml.rul_withdrawal.withdrawn_to IS 'All up to this time.';

COMMENT ON COLUMN ml.rul_withdrawal.reason IS 'Of ml.trend_verdict, where the method is trend.';

CREATE TABLE ml.score_day (
    model_id bigint NOT NULL,
    stage text NOT NULL,
    modality text NOT NULL,
    day date NOT NULL,
    predictions integer NOT NULL,
    anomalies integer NOT NULL,
    median_score double precision,
    median_ratio double precision,
    p95_ratio double precision,
    max_ratio double precision,
    median_latency_us double precision,
    p99_latency_us double precision
)
WITH (fillfactor='70');

COMMENT ON TABLE ml.score_day IS 'What a model said on a UTC day, per stage and modality. Written by ml.summarise; stays when the predictions are gone.';

COMMENT ON COLUMN ml.score_day.anomalies IS 'Predictions that found an anomaly, by whichever modality.';

COMMENT ON COLUMN ml.score_day.median_ratio IS 'Of score / threshold; NULL: the modality has no threshold.';

CREATE TABLE ml.serve_ml_models (
    id bigint NOT NULL,
    equipment_id text NOT NULL,
    power text NOT NULL,
    model_version text NOT NULL,
    modalities text[] DEFAULT '{}'::text[] NOT NULL,
    thresholds jsonb DEFAULT '{}'::jsonb NOT NULL,
    class_map jsonb,
    sha256 text,
    bundle_path text NOT NULL,
    "case" text,
    faults text[] DEFAULT '{}'::text[] NOT NULL,
    metrics jsonb DEFAULT '{}'::jsonb NOT NULL,
    status text DEFAULT 'ready'::text NOT NULL,
    status_code text,
    status_reason text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    features text[] DEFAULT '{}'::text[] NOT NULL,
    unscaled text[] DEFAULT '{}'::text[] NOT NULL,
    notes text[] DEFAULT '{}'::text[] NOT NULL,
    has_golden boolean DEFAULT false NOT NULL,
    schema_version integer,
    memory_bytes bigint,
    files jsonb DEFAULT '{}'::jsonb NOT NULL,
    extra jsonb DEFAULT '{}'::jsonb NOT NULL,
    CONSTRAINT serve_ml_models_case_check CHECK (("case" = ANY (ARRAY['A'::text, 'B'::text, 'C'::text]))),
    CONSTRAINT serve_ml_models_equipment_id_check CHECK (((length(equipment_id) >= 1) AND (length(equipment_id) <= 64))),
    CONSTRAINT serve_ml_models_model_version_check CHECK (((length(model_version) >= 1) AND (length(model_version) <= 64))),
    CONSTRAINT serve_ml_models_power_check CHECK (((length(power) >= 1) AND (length(power) <= 64))),
    CONSTRAINT serve_ml_models_status_check CHECK ((status = ANY (ARRAY['ready'::text, 'rejected'::text, 'missing'::text, 'retired'::text])))
);

COMMENT ON TABLE ml.serve_ml_models IS 'The bundles that thin found under SERVE_ML_ROOT (ml.sync_models). Only status ready is served. No foreign key to plant.equipment: a bundle may be there before its machine has spoken.';

COMMENT ON COLUMN ml.serve_ml_models.power IS 'Power class of the machine as the bundle''s folder names it, for example 2.2kW.';

COMMENT ON COLUMN ml.serve_ml_models.thresholds IS 'Largest normal reconstruction error by modality (mean squared, in scaled units); null: none.';

COMMENT ON COLUMN ml.serve_ml_models.class_map IS 'Class index to fault name (cases B and C).';

COMMENT ON COLUMN ml.serve_ml_models.sha256 IS 'SHA-256 over the bundle''s files, as hex.';

COMMENT ON COLUMN ml.serve_ml_models."case" IS 'A: autoencoder gate only; B: one fault (binary); C: several faults.';

COMMENT ON COLUMN ml.serve_ml_models.status IS 'ready: served. rejected: found, but status_code and status_reason say why it is not served. missing: its files are gone. retired: taken out by an engineer.';

COMMENT ON COLUMN ml.serve_ml_models.features IS 'Names of the features in the order in which the bundle takes them.';

COMMENT ON COLUMN ml.serve_ml_models.unscaled IS 'Modalities whose scaler is missing: their predictions are never above the severity of setting ml.unscaled_severity.';

COMMENT ON COLUMN ml.serve_ml_models.notes IS 'What was odd when the bundle was read and did not keep it from being served.';

COMMENT ON COLUMN ml.serve_ml_models.has_golden IS 'It brought golden vectors, and they were replayed when it was loaded.';

COMMENT ON COLUMN ml.serve_ml_models.schema_version IS 'Of metadata.json; NULL: a bundle of the field.';

COMMENT ON COLUMN ml.serve_ml_models.memory_bytes IS 'Memory that its weights take in thin.';

COMMENT ON COLUMN ml.serve_ml_models.files IS 'SHA-256 by file name.';

COMMENT ON COLUMN ml.serve_ml_models.extra IS 'All other members of metadata.json, training statistics left out (ml.feature_reference has those).';

ALTER TABLE ml.serve_ml_models ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME ml.serve_ml_models_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE ml.serve_ml_predictions (
    "time" timestamp with time zone NOT NULL,
    equipment_id text NOT NULL,
    power text NOT NULL,
    model_version text NOT NULL,
    stage text DEFAULT 'champion'::text NOT NULL,
    source text NOT NULL,
    "case" text,
    modalities text[] NOT NULL,
    is_anomaly boolean NOT NULL,
    confidence double precision NOT NULL,
    severity text,
    scores jsonb NOT NULL,
    thresholds jsonb NOT NULL,
    ratio jsonb NOT NULL,
    fault_label text,
    fault_probability double precision,
    probabilities jsonb,
    contributions jsonb,
    warnings text[] DEFAULT '{}'::text[] NOT NULL,
    features jsonb,
    latency_us double precision,
    received_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    value double precision,
    threshold_factor double precision,
    CONSTRAINT serve_ml_predictions_confidence_check CHECK (((confidence >= (0)::double precision) AND (confidence <= (1)::double precision))),
    CONSTRAINT serve_ml_predictions_source_check CHECK ((source = ANY (ARRAY['mqtt'::text, 'http'::text, 'waveform'::text, 'window'::text]))),
    CONSTRAINT serve_ml_predictions_stage_check CHECK ((stage = ANY (ARRAY['champion'::text, 'challenger'::text, 'requested'::text])))
);

COMMENT ON TABLE ml.serve_ml_predictions IS 'Every prediction with what it was made from, so that an alarm can say why. A hypertable with one chunk a week.';

COMMENT ON COLUMN ml.serve_ml_predictions.stage IS 'champion: the machine''s model, raises alarms. challenger: a shadow. requested: a version that a client asked for by name.';

COMMENT ON COLUMN ml.serve_ml_predictions.confidence IS '0 to 1, rising with the largest score/threshold ratio.';

COMMENT ON COLUMN ml.serve_ml_predictions.contributions IS 'The features that contributed most: [{feature, squared_error, share}], largest first.';

COMMENT ON COLUMN ml.serve_ml_predictions.latency_us IS 'Arithmetic only, microseconds.';

COMMENT ON COLUMN ml.serve_ml_predictions.value IS 'What the bundle''s regressor gives (unit: the bundle''s metadata); NULL where it has none.';

COMMENT ON COLUMN ml.serve_ml_predictions.threshold_factor IS 'What ratio was held against (ml.threshold_version); NULL: 1, the bundle''s own thresholds.';

CREATE TABLE ml.threshold_policy (
    equipment_id text NOT NULL,
    power text DEFAULT '*'::text NOT NULL,
    bundle_kind text DEFAULT '*'::text NOT NULL,
    enabled boolean NOT NULL,
    target_per_week double precision,
    reason text,
    set_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    set_by text DEFAULT SESSION_USER NOT NULL,
    CONSTRAINT threshold_policy_bundle_kind_check CHECK (((length(bundle_kind) >= 1) AND (length(bundle_kind) <= 64))),
    CONSTRAINT threshold_policy_equipment_id_check CHECK (((length(equipment_id) >= 1) AND (length(equipment_id) <= 64))),
    CONSTRAINT threshold_policy_power_check CHECK (((length(power) >= 1) AND (length(power) <= 64))),
    CONSTRAINT threshold_policy_reason_check CHECK ((length(reason) <= 2000)),
    CONSTRAINT threshold_policy_target_per_week_check CHECK (((target_per_week >= (0.01)::double precision) AND (target_per_week <= (10000)::double precision)))
);

COMMENT ON TABLE ml.threshold_policy IS 'Whether the thresholds of a machine''s models may be moved by ml.adapt_thresholds, whatever the setting ml.threshold_mode says: a row of machine, power and kind before one with *.';

COMMENT ON COLUMN ml.threshold_policy.power IS 'Power class of the bundle; *: all of the machine.';

COMMENT ON COLUMN ml.threshold_policy.bundle_kind IS 'ml.bundle_kind; *: all.';

COMMENT ON COLUMN ml.threshold_policy.target_per_week IS 'False alarms a week that are accepted; NULL: setting ml.threshold_target.';

CREATE TABLE ml.threshold_version (
    id bigint NOT NULL,
    equipment_id text NOT NULL,
    power text NOT NULL,
    bundle_kind text NOT NULL,
    version integer NOT NULL,
    factor double precision NOT NULL,
    previous_factor double precision NOT NULL,
    reason text,
    backtest jsonb DEFAULT '{}'::jsonb NOT NULL,
    undoes bigint,
    set_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    set_by text NOT NULL,
    CONSTRAINT threshold_version_backtest_check CHECK ((jsonb_typeof(backtest) = 'object'::text)),
    CONSTRAINT threshold_version_bundle_kind_check CHECK (((length(bundle_kind) >= 1) AND (length(bundle_kind) <= 64))),
    CONSTRAINT threshold_version_equipment_id_check CHECK (((length(equipment_id) >= 1) AND (length(equipment_id) <= 64))),
    CONSTRAINT threshold_version_factor_check CHECK (((factor >= (0.01)::double precision) AND (factor <= (100)::double precision))),
    CONSTRAINT threshold_version_power_check CHECK (((length(power) >= 1) AND (length(power) <= 64))),
    CONSTRAINT threshold_version_reason_check CHECK ((length(reason) <= 2000))
);

COMMENT ON TABLE ml.threshold_version IS 'Every change of a threshold, the last one in force: a model of this kind and power finds an anomaly on the machine where score / threshold is above factor. Written by ml.adapt_thresholds, ml.set_threshold and ml.undo_threshold.';

COMMENT ON COLUMN ml.threshold_version.factor IS '1: the bundle''s own thresholds.';

COMMENT ON COLUMN ml.threshold_version.backtest IS 'What the factor before and this one say of the stored predictions of the time it was made from.';

COMMENT ON COLUMN ml.threshold_version.undoes IS 'The change that it took back.';

ALTER TABLE ml.threshold_version ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME ml.threshold_version_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE ml.training_job (
    id bigint NOT NULL,
    kind text NOT NULL,
    spec jsonb NOT NULL,
    state text DEFAULT 'queued'::text NOT NULL,
    progress double precision DEFAULT 0 NOT NULL,
    worker text,
    lease_until timestamp with time zone,
    not_before timestamp with time zone DEFAULT '-infinity'::timestamp with time zone NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    max_attempts integer DEFAULT 3 NOT NULL,
    log text DEFAULT ''::text NOT NULL,
    metrics jsonb,
    card jsonb,
    bundle text,
    error text,
    cancel_requested boolean DEFAULT false NOT NULL,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    created_by text DEFAULT SESSION_USER NOT NULL,
    touched_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    started_at timestamp with time zone,
    finished_at timestamp with time zone,
    placed_at timestamp with time zone,
    CONSTRAINT training_job_bundle_check CHECK ((bundle ~ '^[^/[:cntrl:].][^/[:cntrl:]]{0,63}/[^/[:cntrl:].][^/[:cntrl:]]{0,63}/[^/[:cntrl:].][^/[:cntrl:]]{0,63}$'::text)),
    CONSTRAINT training_job_card_check CHECK ((jsonb_typeof(card) = 'object'::text)),
    CONSTRAINT training_job_finished_check CHECK (((state = ANY (ARRAY['succeeded'::text, 'failed'::text, 'cancelled'::text])) = (finished_at IS NOT NULL))),
    CONSTRAINT training_job_max_attempts_check CHECK (((max_attempts >= 1) AND (max_attempts <= 100))),
    CONSTRAINT training_job_metrics_check CHECK ((jsonb_typeof(metrics) = 'object'::text)),
    CONSTRAINT training_job_progress_check CHECK (((progress >= (0)::double precision) AND (progress <= (1)::double precision))),
    CONSTRAINT training_job_running_check CHECK ((((state = 'running'::text) = (lease_until IS NOT NULL)) AND ((state <> 'running'::text) OR (worker IS NOT NULL)))),
    CONSTRAINT training_job_spec_check CHECK (((jsonb_typeof(spec) = 'object'::text) AND (octet_length((spec)::text) <= 262144))),
    CONSTRAINT training_job_state_check CHECK ((state = ANY (ARRAY['receiving'::text, 'queued'::text, 'running'::text, 'succeeded'::text, 'failed'::text, 'cancelled'::text]))),
    CONSTRAINT training_job_worker_check CHECK (((length(worker) >= 1) AND (length(worker) <= 200)))
)
WITH (fillfactor='50');

COMMENT ON TABLE ml.training_job IS 'The queue of trainings and what became of them. Filled by ml.queue_training (HTTP: anomalies/train-with-data, anomalies/upload-and-train, rul/train); workers take from it by ml.claim_training. Each change of state is told on channel millwright_training as {id, state}.';

COMMENT ON COLUMN ml.training_job.spec IS 'What to train, as ml.training_kind.spec of its kind says, defaults filled in.';

COMMENT ON COLUMN ml.training_job.state IS 'receiving: its files are still arriving. queued: waits for a worker. running: a worker has it, or had: lease_until. succeeded, failed (error says why), cancelled: over.';

COMMENT ON COLUMN ml.training_job.progress IS '0 to 1, as the worker says.';

COMMENT ON COLUMN ml.training_job.worker IS 'Who has it, or had it last.';

COMMENT ON COLUMN ml.training_job.lease_until IS 'Until then it is the worker''s (ml.beat_training extends it); afterwards another one may take it over.';

COMMENT ON COLUMN ml.training_job.not_before IS 'Not to be claimed earlier: a pause after a failure.';

COMMENT ON COLUMN ml.training_job.attempts IS 'How often it was claimed; at most max_attempts.';

COMMENT ON COLUMN ml.training_job.log IS 'What workers said last: at most the setting ml.training_log characters.';

COMMENT ON COLUMN ml.training_job.metrics IS 'How good it is, on data that nothing saw: accuracy, precision, recall, f1_score, rmse, coverage …, training_time in s.';

COMMENT ON COLUMN ml.training_job.card IS 'The model card: what it was trained on, how it was judged, and where it must not be used.';

COMMENT ON COLUMN ml.training_job.bundle IS 'Folder under SERVE_ML_ROOT (equipment/power/version): where the bundle is to go, then where it is.';

COMMENT ON COLUMN ml.training_job.cancel_requested IS 'Somebody wants it to stop; its worker is told at its next ml.beat_training.';

COMMENT ON COLUMN ml.training_job.touched_at IS 'Last sign of life of whoever sends files or trains.';

COMMENT ON COLUMN ml.training_job.started_at IS 'Of the last attempt.';

COMMENT ON COLUMN ml.training_job.placed_at IS 'When its bundle was served for the first time, and made challenger where another version answers.';

ALTER TABLE ml.training_job ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME ml.training_job_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE ml.training_kind (
    kind text NOT NULL,
    place smallint NOT NULL,
    model_types text[] DEFAULT '{}'::text[] NOT NULL,
    meaning text NOT NULL,
    spec jsonb NOT NULL,
    CONSTRAINT training_kind_kind_check CHECK ((kind ~ '^[a-z][a-z_]{0,31}$'::text)),
    CONSTRAINT training_kind_spec_check CHECK ((jsonb_typeof(spec) = 'object'::text))
);

COMMENT ON TABLE ml.training_kind IS 'What can be trained, and what a spec of each kind may say. A worker claims the kinds that it knows.';

COMMENT ON COLUMN ml.training_kind.model_types IS 'Values of model_type that clients name this kind by (POST anomalies/train-with-data, upload-and-train).';

COMMENT ON COLUMN ml.training_kind.spec IS 'JSON Schema of ml.training_job.spec, each member described: checked when a job is queued, and shown by the API.';

CREATE TABLE ml.training_sample (
    upload_id bigint NOT NULL,
    "row" bigint NOT NULL,
    t double precision NOT NULL,
    "values" double precision[] NOT NULL,
    CONSTRAINT training_sample_t_check CHECK ((abs(t) <= ('1000000000000000'::numeric)::double precision))
);

COMMENT ON TABLE ml.training_sample IS 'Samples of files that came for a training. Dropped when it is over: setting ml.training_upload_retention.';

COMMENT ON COLUMN ml.training_sample."row" IS 'From 1.';

COMMENT ON COLUMN ml.training_sample.t IS 'Seconds: from the recording''s start, or since 1970, as its file has it.';

COMMENT ON COLUMN ml.training_sample."values" IS 'As ml.training_upload.columns; NULL: missing.';

CREATE TABLE ml.training_upload (
    id bigint NOT NULL,
    job_id bigint NOT NULL,
    file integer NOT NULL,
    role text NOT NULL,
    name text NOT NULL,
    form text,
    description text[] DEFAULT '{}'::text[] NOT NULL,
    columns jsonb DEFAULT '[]'::jsonb NOT NULL,
    lines bigint DEFAULT 0 NOT NULL,
    rows bigint DEFAULT 0 NOT NULL,
    is_complete boolean DEFAULT false NOT NULL,
    CONSTRAINT training_upload_columns_check CHECK ((jsonb_typeof(columns) = 'array'::text)),
    CONSTRAINT training_upload_file_check CHECK ((file >= 0)),
    CONSTRAINT training_upload_form_check CHECK ((form = ANY (ARRAY['header'::text, 'description'::text]))),
    CONSTRAINT training_upload_name_check CHECK (((length(name) >= 1) AND (length(name) <= 255))),
    CONSTRAINT training_upload_role_check CHECK ((role = ANY (ARRAY['normal_current'::text, 'normal_vibration'::text, 'abnormal_current'::text, 'abnormal_vibration'::text, 'data'::text])))
);

COMMENT ON TABLE ml.training_upload IS 'A training''s files, one recording each; their samples: ml.training_sample. Written by ml.receive_training_file.';

COMMENT ON COLUMN ml.training_upload.file IS 'Its place among the job''s files, from 0.';

COMMENT ON COLUMN ml.training_upload.role IS 'What it shows: the machine well (normal_…) or not, and which modality.';

COMMENT ON COLUMN ml.training_upload.form IS 'header: the first line names the columns. description: nine lines of description, then rows without names.';

COMMENT ON COLUMN ml.training_upload.columns IS 'Its columns in order, without the time: [{name, rows, missing, minimum, maximum, mean}].';

COMMENT ON COLUMN ml.training_upload.lines IS 'Lines that have come so far, rows: of these, with values.';

ALTER TABLE ml.training_upload ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME ml.training_upload_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE ml.trend_state (
    equipment_id text NOT NULL,
    indicator text NOT NULL,
    part text NOT NULL,
    judged_at timestamp with time zone NOT NULL,
    verdict text NOT NULL,
    since timestamp with time zone,
    since_reason text,
    last_hour timestamp with time zone,
    hours integer NOT NULL,
    duty double precision,
    level double precision,
    limit_value double precision,
    form text,
    drift double precision,
    drift_se double precision,
    sigma double precision,
    prior_weight double precision,
    chance double precision,
    rul_hours double precision,
    lower_hours double precision,
    upper_hours double precision,
    CONSTRAINT trend_state_form_check CHECK ((form = ANY (ARRAY['linear'::text, 'exponential'::text])))
)
WITH (fillfactor='50');

COMMENT ON TABLE ml.trend_state IS 'What ml.trend_judge said last of each indicator of each machine, and from what; also where it said nothing. Hours are hours of service.';

COMMENT ON COLUMN ml.trend_state.part IS 'plant.sensor.name, or the power of the bundle.';

COMMENT ON COLUMN ml.trend_state.since IS 'From when on hours count: the last replacement or repair (ml.health_reset). NULL: none is known of.';

COMMENT ON COLUMN ml.trend_state.last_hour IS 'The last hour that counted; NULL: none did.';

COMMENT ON COLUMN ml.trend_state.hours IS 'How many hours counted, of the last ml.trend_window.';

COMMENT ON COLUMN ml.trend_state.duty IS 'Share of the time since then in which the machine was in service.';

COMMENT ON COLUMN ml.trend_state.level IS 'Where the indicator stands now, smoothed; in its unit.';

COMMENT ON COLUMN ml.trend_state.form IS 'linear: the indicator drifts. exponential: its logarithm does; then drift, drift_se and sigma are of that.';

COMMENT ON COLUMN ml.trend_state.drift IS 'Toward the limit, for each hour of service, as it was extrapolated: the machine''s own, drawn to the fleet''s.';

COMMENT ON COLUMN ml.trend_state.drift_se IS 'Its standard error.';

COMMENT ON COLUMN ml.trend_state.sigma IS 'Diffusion, for each root of an hour.';

COMMENT ON COLUMN ml.trend_state.prior_weight IS 'How much of the drift is that of the machines of its type: 0 (nothing) to 1 (everything: it is too young).';

COMMENT ON COLUMN ml.trend_state.chance IS 'Probability that it drifts toward the limit at all.';

CREATE TABLE ml.trend_verdict (
    verdict text NOT NULL,
    has_estimate boolean NOT NULL,
    withdraws boolean NOT NULL,
    meaning text NOT NULL,
    CONSTRAINT trend_verdict_check CHECK ((NOT (has_estimate AND withdraws))),
    CONSTRAINT trend_verdict_verdict_check CHECK ((verdict ~ '^[a-z][a-z_]{0,31}$'::text))
);

COMMENT ON TABLE ml.trend_verdict IS 'What can be said of a trend (ml.trend_state).';

COMMENT ON COLUMN ml.trend_verdict.has_estimate IS 'With a remaining life.';

COMMENT ON COLUMN ml.trend_verdict.withdraws IS 'An estimate that was told before holds no more (ml.rul_withdrawal). false: it is kept until it is too old.';

CREATE TABLE ml.waveform_features (
    equipment_id text NOT NULL,
    modality text NOT NULL,
    "time" timestamp with time zone NOT NULL,
    sample_rate_hz double precision NOT NULL,
    samples integer NOT NULL,
    features jsonb NOT NULL,
    power text,
    model_version text,
    needs text[] DEFAULT '{}'::text[] NOT NULL,
    outcome text DEFAULT 'waiting'::text NOT NULL,
    outcome_detail text,
    received_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    decided_at timestamp with time zone,
    CONSTRAINT waveform_features_equipment_id_check CHECK ((equipment_id ~ '^[[:alnum:]][[:alnum:]_.:-]{0,63}$'::text)),
    CONSTRAINT waveform_features_modality_check CHECK ((modality = ANY (ARRAY['current'::text, 'vibration'::text]))),
    CONSTRAINT waveform_features_outcome_check CHECK ((outcome = ANY (ARRAY['waiting'::text, 'scored'::text, 'refused'::text, 'not_needed'::text, 'no_model'::text, 'no_partner'::text]))),
    CONSTRAINT waveform_features_sample_rate_hz_check CHECK ((sample_rate_hz > (0)::double precision)),
    CONSTRAINT waveform_features_samples_check CHECK ((samples > 0))
);

COMMENT ON TABLE ml.waveform_features IS 'Features that thin computed from waveforms, one row a waveform; a redelivery changes nothing. Written before the message is acknowledged, scored right after (ml.claim_waveforms). Kept as long as the setting ml.waveform_retention says: also what a new model can be trained with.';

COMMENT ON COLUMN ml.waveform_features.samples IS 'Samples per axis.';

COMMENT ON COLUMN ml.waveform_features.power IS 'Power and version that the message asked for; NULL: chosen as for every prediction.';

COMMENT ON COLUMN ml.waveform_features.needs IS 'The modalities of the bundle that answers for this machine: with those of one moment a set is complete.';

COMMENT ON COLUMN ml.waveform_features.outcome IS 'waiting: for its partner. scored: in ml.serve_ml_predictions (source waveform). refused: outcome_detail says why. not_needed: the machine''s bundle does not use this modality. no_model: no bundle serves the machine. no_partner: the other modality did not come within the setting ml.waveform_partner_wait.';

CREATE TABLE ml.window_outcome (
    model_id bigint NOT NULL,
    day date NOT NULL,
    outcome text NOT NULL,
    windows bigint NOT NULL,
    filled bigint DEFAULT 0 NOT NULL,
    newest timestamp with time zone NOT NULL,
    detail text,
    CONSTRAINT window_outcome_outcome_check CHECK ((outcome = ANY (ARRAY['scored'::text, 'refused'::text, 'incomplete'::text, 'skipped'::text]))),
    CONSTRAINT window_outcome_windows_check CHECK ((windows > 0))
)
WITH (fillfactor='70');

COMMENT ON TABLE ml.window_outcome IS 'What became of a bundle''s windows, counted by the UTC day of their end. scored: in ml.serve_ml_predictions (source window). refused: the bundle would not take it. incomplete: values were missing. skipped: it lay further back than the setting ml.window_catch_up.';

COMMENT ON COLUMN ml.window_outcome.filled IS 'Values that were missing and took the one before them.';

COMMENT ON COLUMN ml.window_outcome.newest IS 'End of the newest of them.';

COMMENT ON COLUMN ml.window_outcome.detail IS 'Why, of the newest of them.';

CREATE TABLE ml.window_signal (
    model_id bigint NOT NULL,
    place smallint NOT NULL,
    feature text NOT NULL,
    sensor text,
    sensor_type text,
    statistic text NOT NULL,
    CONSTRAINT window_signal_feature_check CHECK (((length(feature) >= 1) AND (length(feature) <= 128))),
    CONSTRAINT window_signal_one_check CHECK ((num_nonnulls(sensor, sensor_type) = 1)),
    CONSTRAINT window_signal_place_check CHECK ((place >= 1)),
    CONSTRAINT window_signal_sensor_check CHECK (((length(sensor) >= 1) AND (length(sensor) <= 128))),
    CONSTRAINT window_signal_sensor_type_check CHECK (((length(sensor_type) >= 1) AND (length(sensor_type) <= 64))),
    CONSTRAINT window_signal_statistic_check CHECK ((statistic = ANY (ARRAY['mean'::text, 'min'::text, 'max'::text, 'std'::text, 'rms'::text, 'range'::text, 'first'::text, 'last'::text, 'sum'::text, 'count'::text])))
);

COMMENT ON TABLE ml.window_signal IS 'The columns of a bundle''s window: which feature of the bundle is which statistic of which sensors.';

COMMENT ON COLUMN ml.window_signal.place IS 'In the order of the bundle''s features, from 1.';

COMMENT ON COLUMN ml.window_signal.sensor IS 'plant.sensor.name of the machine.';

COMMENT ON COLUMN ml.window_signal.sensor_type IS 'Or all its sensors of a type (plant.sensor.type, or x, y, z, vibe as telemetry.field_type has it), taken together.';

COMMENT ON COLUMN ml.window_signal.statistic IS 'Of the values in a bucket. std is that of all values (n), rms the root of their mean square, range max - min.';

CREATE TABLE ml.window_spec (
    model_id bigint NOT NULL,
    bucket interval,
    steps integer NOT NULL,
    stride integer NOT NULL,
    fill integer,
    hold interval,
    source jsonb NOT NULL,
    problem text,
    updated_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    cycle_sensor text,
    CONSTRAINT window_spec_bucket_check CHECK ((bucket > '00:00:00'::interval)),
    CONSTRAINT window_spec_cycle_check CHECK (((cycle_sensor IS NULL) OR (bucket IS NULL))),
    CONSTRAINT window_spec_cycle_sensor_check CHECK (((length(cycle_sensor) >= 1) AND (length(cycle_sensor) <= 128))),
    CONSTRAINT window_spec_fill_check CHECK (((fill >= 0) AND (fill <= 4096))),
    CONSTRAINT window_spec_hold_check CHECK ((hold > '00:00:00'::interval)),
    CONSTRAINT window_spec_steps_check CHECK (((steps >= 1) AND (steps <= 4096))),
    CONSTRAINT window_spec_stride_check CHECK (((stride >= 1) AND (stride <= 100000)))
);

COMMENT ON TABLE ml.window_spec IS 'Which bundles are to be scored over windows of stored data, as their metadata.json says (member window, docs/rul-windows.md). Written by ml.keep_window_specs.';

COMMENT ON COLUMN ml.window_spec.bucket IS 'Width of a step; NULL: a cycle of the machine is one (cycle_sensor), or each stored point (raw).';

COMMENT ON COLUMN ml.window_spec.steps IS 'How many steps a window has.';

COMMENT ON COLUMN ml.window_spec.stride IS 'A window ends every so many buckets or cycles, or every so many points where it is raw.';

COMMENT ON COLUMN ml.window_spec.fill IS 'How many buckets (cycles) in a row may be missing and take the last value before them; NULL: the setting ml.window_fill.';

COMMENT ON COLUMN ml.window_spec.hold IS 'Raw: how long a value counts, and how far two steps may lie apart; NULL: the setting ml.window_hold. Cycles: how far a window reaches back; NULL: the setting ml.window_cycles.';

COMMENT ON COLUMN ml.window_spec.source IS 'The member as it came.';

COMMENT ON COLUMN ml.window_spec.problem IS 'Why no window can be built from it; NULL: it can.';

COMMENT ON COLUMN ml.window_spec.cycle_sensor IS 'plant.sensor.name of the sensor whose value changes when a cycle ends and the next begins (a cycle''s number, a state).';

CREATE TABLE ml.window_state (
    model_id bigint NOT NULL,
    done_to timestamp with time zone,
    next_due timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    last_outcome text,
    last_detail text,
    decided_at timestamp with time zone
)
WITH (fillfactor='70');

COMMENT ON TABLE ml.window_state IS 'How far the windows of each bundle have been decided. ml.claim_windows locks these rows while their windows are scored, so each window is decided once.';

COMMENT ON COLUMN ml.window_state.done_to IS 'End of the last window that was decided; NULL: the bundle does not answer, or just began to.';

COMMENT ON COLUMN ml.window_state.next_due IS 'When there may be something to do again.';

COMMENT ON COLUMN ml.window_state.last_outcome IS 'Of the last window: as ml.window_outcome.outcome.';

CREATE TABLE ops.ingest_minute (
    minute timestamp with time zone NOT NULL,
    messages bigint NOT NULL
)
WITH (fillfactor='50');

COMMENT ON TABLE ops.ingest_minute IS 'Messages that thin took from the broker, by minute of the heartbeat that said so; kept for a day.';

CREATE TABLE ops.job (
    job_id integer NOT NULL,
    name text NOT NULL,
    procedure text NOT NULL,
    schedule interval NOT NULL,
    next_start timestamp with time zone DEFAULT now() NOT NULL,
    initial_start timestamp with time zone,
    fixed_schedule boolean DEFAULT false NOT NULL,
    last_start timestamp with time zone,
    last_success timestamp with time zone,
    last_duration interval,
    last_error text,
    running_since timestamp with time zone,
    failures integer DEFAULT 0 NOT NULL,
    total_runs bigint DEFAULT 0 NOT NULL,
    total_failures bigint DEFAULT 0 NOT NULL,
    max_runtime interval DEFAULT '00:05:00'::interval NOT NULL,
    retry_period interval DEFAULT '00:00:10'::interval NOT NULL,
    max_retries integer DEFAULT '-1'::integer NOT NULL,
    enabled boolean DEFAULT true NOT NULL,
    config jsonb,
    description text,
    CONSTRAINT job_max_runtime_check CHECK ((max_runtime >= '00:00:00'::interval)),
    CONSTRAINT job_procedure_check CHECK ((procedure ~ '\.'::text)),
    CONSTRAINT job_retry_period_check CHECK ((retry_period > '00:00:00'::interval)),
    CONSTRAINT job_schedule_check CHECK ((schedule > '00:00:00'::interval))
)
WITH (fillfactor='50');

COMMENT ON TABLE ops.job IS 'What runs by itself. Each thin process runs what is due, as CALL ops.run_due_jobs() does for psql; each due job runs once.';

COMMENT ON COLUMN ops.job.procedure IS 'Qualified name of a function or procedure with the arguments (job_id integer, config jsonb), (config jsonb) or none. It runs in one transaction and must not commit.';

COMMENT ON COLUMN ops.job.fixed_schedule IS 'true: starts keep to initial_start + n × schedule; false: schedule counts from the end of the last run.';

COMMENT ON COLUMN ops.job.running_since IS 'Set while a run is under way; what a crashed worker leaves is recognised and counted as a failure.';

COMMENT ON COLUMN ops.job.failures IS 'Failures since the last success. Each doubles retry_period, up to an hour or the schedule.';

COMMENT ON COLUMN ops.job.max_runtime IS 'A run that takes longer is cancelled and counts as failed (a worker that did not arm statement_timeout loses its session); 0: no limit.';

COMMENT ON COLUMN ops.job.max_retries IS 'After so many failed retries the schedule is kept instead; -1: retry for ever.';

ALTER TABLE ops.job ALTER COLUMN job_id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME ops.job_job_id_seq
    START WITH 1000
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE ops.job_run (
    job_run_id bigint NOT NULL,
    job_id integer NOT NULL,
    started_at timestamp with time zone NOT NULL,
    finished_at timestamp with time zone NOT NULL,
    succeeded boolean NOT NULL,
    result text,
    sqlstate text,
    error text,
    worker text NOT NULL
);

COMMENT ON TABLE ops.job_run IS 'History of job runs. Runs of jobs that come round more than once a minute are recorded only when they fail. Kept as long as the setting ops.job_run_retention says.';

COMMENT ON COLUMN ops.job_run.result IS 'What a function returned, e.g. a count of rows.';

COMMENT ON COLUMN ops.job_run.worker IS 'application_name and process id of the session that ran it.';

ALTER TABLE ops.job_run ALTER COLUMN job_run_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME ops.job_run_job_run_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE ops.migration (
    kind text NOT NULL,
    name text NOT NULL,
    sha256 text NOT NULL,
    objects text[] DEFAULT '{}'::text[] NOT NULL,
    applied_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    duration_ms integer DEFAULT 0 NOT NULL,
    program_version text NOT NULL,
    CONSTRAINT migration_duration_ms_check CHECK ((duration_ms >= 0)),
    CONSTRAINT migration_kind_check CHECK ((kind = ANY (ARRAY['roles'::text, 'ledger'::text, 'compat'::text, 'migration'::text, 'continuous_aggregate'::text, 'function'::text, 'view'::text, 'data'::text, 'grant'::text, 'release'::text]))),
    CONSTRAINT migration_name_check CHECK ((name <> ''::text)),
    CONSTRAINT migration_sha256_check CHECK ((sha256 ~ '^[0-9a-f]{64}$'::text))
);

COMMENT ON TABLE ops.migration IS 'What thin migrate applied to this database, one row per file. Written by it only. The row of kind release says that everything of a program''s version was applied.';

COMMENT ON COLUMN ops.migration.kind IS 'Which folder of the SQL tree the file lies in; release for the whole of it.';

COMMENT ON COLUMN ops.migration.name IS 'The file''s path in that folder.';

COMMENT ON COLUMN ops.migration.sha256 IS 'Of the file as it was applied, hexadecimal; of kind, name and hash of all files for a release.';

COMMENT ON COLUMN ops.migration.objects IS 'What the file made: routines (schema.name(types)), views, tables (schema.name), schemas. What goes away with a repeatable file, and what of the database is the product''s: everything else is a plant''s.';

COMMENT ON COLUMN ops.migration.duration_ms IS 'How long it took, in milliseconds.';

COMMENT ON COLUMN ops.migration.program_version IS 'Version of thin that applied it.';

CREATE TABLE ops.mutex (
    name text NOT NULL,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT mutex_name_check CHECK (((length(name) >= 1) AND (length(name) <= 200)))
);

COMMENT ON TABLE ops.mutex IS 'What sessions exclude each other by: whoever holds the lock of a row holds what it names, until its transaction ends, however it ends. Rows and not advisory locks, because those cannot be withheld from a role: nobody but the owner may lock here (ops.lock, ops.try_lock).';

COMMENT ON COLUMN ops.mutex.name IS 'What is excluded, area.what; of many alike area.what:which. Made when it is first asked for; unused ones are removed after a day.';

CREATE TABLE ops.process (
    id bigint NOT NULL,
    instance text NOT NULL,
    run_id text NOT NULL,
    version text,
    started_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    beat_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    stopped_at timestamp with time zone,
    CONSTRAINT process_instance_check CHECK (((length(instance) >= 1) AND (length(instance) <= 200))),
    CONSTRAINT process_run_id_check CHECK (((length(run_id) >= 1) AND (length(run_id) <= 64))),
    CONSTRAINT process_version_check CHECK ((length(version) <= 64))
)
WITH (fillfactor='50');

COMMENT ON TABLE ops.process IS 'Runs of thin, one row from start to end. The last run of an instance that neither ended nor beats is one that nobody hears.';

COMMENT ON COLUMN ops.process.instance IS 'THIN_INSTANCE of the process.';

COMMENT ON COLUMN ops.process.run_id IS 'Made by the process at its start.';

COMMENT ON COLUMN ops.process.started_at IS 'First heartbeat, by the database''s clock.';

COMMENT ON COLUMN ops.process.beat_at IS 'Last heartbeat.';

COMMENT ON COLUMN ops.process.stopped_at IS 'When it said that it ends; NULL: it runs, or went without a word.';

ALTER TABLE ops.process ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME ops.process_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE ops.process_lane (
    process_id bigint NOT NULL,
    lane text NOT NULL,
    broker text NOT NULL,
    is_connected boolean NOT NULL,
    since timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    error text,
    refusal text,
    held_messages bigint DEFAULT 0 NOT NULL,
    failing_since timestamp with time zone,
    commit_seconds double precision,
    lag_seconds double precision,
    batches bigint DEFAULT 0 NOT NULL,
    batch_at timestamp with time zone,
    messages bigint DEFAULT 0 NOT NULL,
    reconnects bigint DEFAULT 0 NOT NULL,
    losses timestamp with time zone[] DEFAULT '{}'::timestamp with time zone[] NOT NULL,
    CONSTRAINT process_lane_broker_check CHECK ((length(broker) <= 300)),
    CONSTRAINT process_lane_error_check CHECK ((length(error) <= 1000)),
    CONSTRAINT process_lane_lane_check CHECK (((length(lane) >= 1) AND (length(lane) <= 32))),
    CONSTRAINT process_lane_refusal_check CHECK ((length(refusal) <= 1000))
)
WITH (fillfactor='50');

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
    process_id bigint NOT NULL,
    path text NOT NULL,
    total_bytes double precision NOT NULL,
    free_bytes double precision NOT NULL,
    CONSTRAINT process_volume_free_bytes_check CHECK ((free_bytes >= (0)::double precision)),
    CONSTRAINT process_volume_path_check CHECK (((length(path) >= 1) AND (length(path) <= 1000))),
    CONSTRAINT process_volume_total_bytes_check CHECK ((total_bytes > (0)::double precision))
)
WITH (fillfactor='50');

COMMENT ON TABLE ops.process_volume IS 'The file systems that a run of thin sees (THIN_VOLUMES), as it last said.';

COMMENT ON COLUMN ops.process_volume.free_bytes IS 'For whoever is not root.';

CREATE TABLE ops.setting (
    name text NOT NULL,
    value jsonb NOT NULL,
    description text NOT NULL,
    unit text,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_by text DEFAULT CURRENT_USER NOT NULL,
    data_type text NOT NULL,
    minimum jsonb,
    maximum jsonb,
    choices text[],
    nullable boolean DEFAULT false NOT NULL,
    CONSTRAINT setting_data_type_check CHECK ((data_type = ANY (ARRAY['integer'::text, 'float'::text, 'interval'::text, 'boolean'::text, 'text'::text, 'texts'::text, 'time zone'::text, 'times'::text, 'networks'::text, 'url'::text]))),
    CONSTRAINT setting_description_check CHECK ((description <> ''::text)),
    CONSTRAINT setting_name_check CHECK ((name ~ '^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$'::text)),
    CONSTRAINT setting_number_check CHECK (
CASE
    WHEN (jsonb_typeof(value) = 'number'::text) THEN ((((value #>> '{}'::text[]))::numeric = (0)::numeric) OR ((abs(((value #>> '{}'::text[]))::numeric) >= 0.0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000001) AND (abs(((value #>> '{}'::text[]))::numeric) <= '10000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000'::numeric)))
    ELSE true
END),
    CONSTRAINT setting_range_check CHECK (((minimum IS NULL) = (maximum IS NULL)))
);

COMMENT ON TABLE ops.setting IS 'Every adjustable number and choice of the product, one row each. Read by ops.setting_int and its kin, changed by ops.set_setting.';

COMMENT ON COLUMN ops.setting.name IS 'area.what, lower case.';

COMMENT ON COLUMN ops.setting.value IS 'A JSON number, string, boolean or null. Intervals are strings such as "15 minutes".';

COMMENT ON COLUMN ops.setting.unit IS 'Unit of a number; interval for a string that is one; NULL for a choice.';

COMMENT ON COLUMN ops.setting.data_type IS 'What the value is; follows from the first value where a row does not say it.';

COMMENT ON COLUMN ops.setting.minimum IS 'Least value; of the value''s type. Every number and interval has a range (sql/data/095_ops_setting_range.sql), checked by trigger for whoever writes.';

COMMENT ON COLUMN ops.setting.maximum IS 'Greatest value.';

COMMENT ON COLUMN ops.setting.choices IS 'The values that a text may have; NULL: any.';

COMMENT ON COLUMN ops.setting.nullable IS 'Whether null is a value; the description says what it means.';

CREATE TABLE plant.advice (
    equipment_id text NOT NULL,
    component_id bigint,
    run_began_at timestamp with time zone NOT NULL,
    made_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    best_at timestamp with time zone,
    best_cost_per_hour double precision,
    failing_cost_per_hour double precision,
    risk double precision NOT NULL,
    latest_safe_at timestamp with time zone,
    act_at timestamp with time zone,
    stop_at timestamp with time zone,
    stop_with text[] DEFAULT '{}'::text[] NOT NULL,
    moving_cost double precision,
    reason text,
    basis jsonb DEFAULT '{}'::jsonb NOT NULL,
    CONSTRAINT advice_basis_check CHECK ((jsonb_typeof(basis) = 'object'::text))
);

COMMENT ON TABLE plant.advice IS 'When each machine that has an estimate of its remaining life should be seen to: report.advice as the job plant.advise last found it, with the stop that it can be done in.';

COMMENT ON COLUMN plant.advice.component_id IS 'The part that it is about; NULL: the machine as a whole.';

COMMENT ON COLUMN plant.advice.run_began_at IS 'Since when the part, or the machine, serves: of one life, one order.';

COMMENT ON COLUMN plant.advice.best_at IS 'Replaced then, an hour of service costs least. NULL: see reason, or run to failure costs no more.';

COMMENT ON COLUMN plant.advice.best_cost_per_hour IS 'Expected cost of an hour of service when it is replaced at best_at, in the setting plant.currency; failing_cost_per_hour: when it runs until it fails.';

COMMENT ON COLUMN plant.advice.risk IS 'Until latest_safe_at it fails with this probability.';

COMMENT ON COLUMN plant.advice.act_at IS 'The earlier of best_at and latest_safe_at.';

COMMENT ON COLUMN plant.advice.stop_at IS 'When to do it: act_at, or when others, stop_with, are done at its location.';

COMMENT ON COLUMN plant.advice.moving_cost IS 'What doing it at stop_at and not at act_at is expected to cost.';

COMMENT ON COLUMN plant.advice.basis IS 'What speaks for it: estimate, distribution, costs, alarms, similar ends.';

CREATE TABLE plant.advice_order (
    equipment_id text NOT NULL,
    component_id bigint,
    run_began_at timestamp with time zone NOT NULL,
    work_order_id bigint NOT NULL,
    proposed_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);

COMMENT ON TABLE plant.advice_order IS 'The work order that was proposed for a life: never two. Who cancels it has said no for this life; who deletes it may be asked again.';

COMMENT ON COLUMN plant.advice_order.run_began_at IS 'plant.advice.run_began_at.';

CREATE TABLE plant.component (
    id bigint NOT NULL,
    equipment_id text NOT NULL,
    name text NOT NULL,
    type text DEFAULT 'unknown'::text NOT NULL,
    description text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT component_description_check CHECK ((length(description) <= 4000)),
    CONSTRAINT component_name_check CHECK (((length(name) >= 1) AND (length(name) <= 128))),
    CONSTRAINT component_type_check CHECK (((length(type) >= 1) AND (length(type) <= 64)))
);

COMMENT ON TABLE plant.component IS 'A position in a machine that a part sits in (bearing, drive end). The parts come and go: plant.component_life.';

COMMENT ON COLUMN plant.component.name IS 'Position within the machine.';

COMMENT ON COLUMN plant.component.type IS 'Kind of part: bearing, belt, seal … Costs and lives are compared within a type.';

ALTER TABLE plant.component ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME plant.component_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE plant.component_life (
    id bigint NOT NULL,
    component_id bigint NOT NULL,
    installed_at timestamp with time zone NOT NULL,
    removed_at timestamp with time zone,
    end_reason text,
    age_hours double precision DEFAULT 0 NOT NULL,
    part text,
    serial_number text,
    note text,
    source text,
    created_by text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT component_life_age_hours_check CHECK (((age_hours >= (0)::double precision) AND (age_hours <= ('1000000000'::numeric)::double precision))),
    CONSTRAINT component_life_end_check CHECK (((removed_at IS NULL) = (end_reason IS NULL))),
    CONSTRAINT component_life_end_reason_check CHECK ((end_reason = ANY (ARRAY['failed'::text, 'preventive'::text, 'other'::text]))),
    CONSTRAINT component_life_installed_at_check CHECK (isfinite(installed_at)),
    CONSTRAINT component_life_note_check CHECK ((length(note) <= 4000)),
    CONSTRAINT component_life_part_check CHECK ((length(part) <= 200)),
    CONSTRAINT component_life_removed_at_check CHECK (isfinite(removed_at)),
    CONSTRAINT component_life_serial_number_check CHECK ((length(serial_number) <= 200)),
    CONSTRAINT component_life_source_check CHECK ((length(source) <= 200)),
    CONSTRAINT component_life_time_check CHECK ((removed_at > installed_at))
);

COMMENT ON TABLE plant.component_life IS 'The time that one part sat in a component. Two lives of a component never overlap. Ended by failure: a run-to-failure record; by anything else, or not yet: the life would have lasted longer (censored).';

COMMENT ON COLUMN plant.component_life.removed_at IS 'End of service (exclusive): the failure, or the removal. NULL: still in.';

COMMENT ON COLUMN plant.component_life.end_reason IS 'failed: it could not go on. preventive: replaced before that. other: taken out for another reason.';

COMMENT ON COLUMN plant.component_life.age_hours IS 'Hours of service that the part had when it was installed (used parts).';

COMMENT ON COLUMN plant.component_life.part IS 'Maker and number of the part.';

COMMENT ON COLUMN plant.component_life.source IS 'Where it is known from: a file, another system. NULL: somebody entered it.';

COMMENT ON CONSTRAINT component_life_age_hours_check ON plant.component_life IS 'age_hours: must be 0 to 1e9';

COMMENT ON CONSTRAINT component_life_end_check ON plant.component_life IS 'end_reason: must be given with removed_at, and only with it';

COMMENT ON CONSTRAINT component_life_end_reason_check ON plant.component_life IS 'end_reason: must be one of failed, preventive, other';

COMMENT ON CONSTRAINT component_life_installed_at_check ON plant.component_life IS 'installed_at: must be a finite time';

COMMENT ON CONSTRAINT component_life_removed_at_check ON plant.component_life IS 'removed_at: must be a finite time';

COMMENT ON CONSTRAINT component_life_time_check ON plant.component_life IS 'removed_at: must be later than installed_at';

ALTER TABLE plant.component_life ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME plant.component_life_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE plant.cost (
    id bigint NOT NULL,
    equipment_id text,
    equipment_type text,
    component_type text,
    failure numeric(14,2) NOT NULL,
    preventive numeric(14,2) NOT NULL,
    downtime_per_hour numeric(14,2) DEFAULT 0 NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT cost_component_type_check CHECK (((length(component_type) >= 1) AND (length(component_type) <= 64))),
    CONSTRAINT cost_downtime_per_hour_check CHECK (((downtime_per_hour >= (0)::numeric) AND (downtime_per_hour <= 999999999999.99))),
    CONSTRAINT cost_equipment_type_check CHECK (((length(equipment_type) >= 1) AND (length(equipment_type) <= 64))),
    CONSTRAINT cost_failure_check CHECK (((failure >= (0)::numeric) AND (failure <= 999999999999.99))),
    CONSTRAINT cost_preventive_check CHECK (((preventive >= (0)::numeric) AND (preventive <= 999999999999.99))),
    CONSTRAINT cost_scope_check CHECK ((num_nonnulls(equipment_id, equipment_type) <= 1))
);

COMMENT ON TABLE plant.cost IS 'What a failure, a preventive replacement and an hour of standing still cost, in the setting plant.currency: of a machine, else of its type, else of all. plant.component_cost says which row holds.';

COMMENT ON COLUMN plant.cost.equipment_type IS 'All machines of this type. NULL with no equipment_id: all machines.';

COMMENT ON COLUMN plant.cost.component_type IS 'Components of this type only. NULL: all, and the machine as a whole.';

COMMENT ON COLUMN plant.cost.failure IS 'Of one failure: parts, labour, scrap; without the time it stands still.';

COMMENT ON COLUMN plant.cost.preventive IS 'Of one replacement before it fails, all in.';

COMMENT ON COLUMN plant.cost.downtime_per_hour IS 'Of one hour that the machine stands still unplanned.';

COMMENT ON CONSTRAINT cost_downtime_per_hour_check ON plant.cost IS 'downtime_per_hour: must be 0 to 999999999999.99';

COMMENT ON CONSTRAINT cost_failure_check ON plant.cost IS 'failure: must be 0 to 999999999999.99';

COMMENT ON CONSTRAINT cost_preventive_check ON plant.cost IS 'preventive: must be 0 to 999999999999.99';

COMMENT ON CONSTRAINT cost_scope_check ON plant.cost IS 'equipment_type: cannot be given with equipment_id';

ALTER TABLE plant.cost ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME plant.cost_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE plant.equipment (
    id text NOT NULL,
    name text NOT NULL,
    type text DEFAULT 'unknown'::text NOT NULL,
    category text,
    location text,
    manufacturer text,
    model text,
    serial_number text,
    installation_date date,
    warranty_expiry date,
    last_maintenance timestamp with time zone,
    next_maintenance timestamp with time zone,
    status text DEFAULT 'active'::text NOT NULL,
    description text,
    specifications jsonb DEFAULT '{}'::jsonb NOT NULL,
    tags text[] DEFAULT '{}'::text[] NOT NULL,
    operating_hours double precision DEFAULT 0 NOT NULL,
    max_operating_hours double precision,
    criticality text DEFAULT 'medium'::text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT equipment_category_check CHECK ((length(category) <= 64)),
    CONSTRAINT equipment_criticality_check CHECK ((criticality = ANY (ARRAY['low'::text, 'medium'::text, 'high'::text, 'critical'::text]))),
    CONSTRAINT equipment_description_check CHECK ((length(description) <= 4000)),
    CONSTRAINT equipment_id_check CHECK ((id ~ '^[[:alnum:]][[:alnum:]_.:-]{0,63}$'::text)),
    CONSTRAINT equipment_location_check CHECK ((length(location) <= 200)),
    CONSTRAINT equipment_manufacturer_check CHECK ((length(manufacturer) <= 200)),
    CONSTRAINT equipment_max_operating_hours_check CHECK ((max_operating_hours > (0)::double precision)),
    CONSTRAINT equipment_model_check CHECK ((length(model) <= 200)),
    CONSTRAINT equipment_name_check CHECK (((length(name) >= 1) AND (length(name) <= 200))),
    CONSTRAINT equipment_number_check CHECK (((operating_hours <= ('1000000000'::numeric)::double precision) AND (max_operating_hours <= ('1000000000'::numeric)::double precision))),
    CONSTRAINT equipment_operating_hours_check CHECK ((operating_hours >= (0)::double precision)),
    CONSTRAINT equipment_serial_number_check CHECK ((length(serial_number) <= 200)),
    CONSTRAINT equipment_specifications_check CHECK ((jsonb_typeof(specifications) = 'object'::text)),
    CONSTRAINT equipment_status_check CHECK ((status = ANY (ARRAY['discovered'::text, 'active'::text, 'inactive'::text, 'maintenance'::text, 'faulty'::text, 'retired'::text]))),
    CONSTRAINT equipment_type_check CHECK (((length(type) >= 1) AND (length(type) <= 64)))
);

COMMENT ON TABLE plant.equipment IS 'A machine. Registered over HTTP or psql, or by its first message (status discovered). Read by every other room.';

COMMENT ON COLUMN plant.equipment.id IS 'The name that MQTT topics and HTTP paths use (device_id of existing clients).';

COMMENT ON COLUMN plant.equipment.status IS 'discovered: first heard over MQTT, nobody has described it yet. inactive and retired machines raise no alarms.';

COMMENT ON COLUMN plant.equipment.tags IS 'Free labels; alarm rules can select by them.';

COMMENT ON COLUMN plant.equipment.operating_hours IS 'Hours in operation so far.';

COMMENT ON COLUMN plant.equipment.max_operating_hours IS 'Hours of operation that it is built for.';

CREATE TABLE plant.failure (
    id bigint NOT NULL,
    equipment_id text NOT NULL,
    component_id bigint,
    failed_at timestamp with time zone NOT NULL,
    down_from timestamp with time zone,
    down_to timestamp with time zone,
    cause text,
    description text,
    source text,
    created_by text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT failure_cause_check CHECK ((length(cause) <= 200)),
    CONSTRAINT failure_description_check CHECK ((length(description) <= 4000)),
    CONSTRAINT failure_down_check CHECK (((down_to IS NULL) OR (down_from IS NOT NULL))),
    CONSTRAINT failure_down_from_check CHECK (isfinite(down_from)),
    CONSTRAINT failure_down_to_check CHECK (isfinite(down_to)),
    CONSTRAINT failure_failed_at_check CHECK (isfinite(failed_at)),
    CONSTRAINT failure_order_check CHECK ((down_to >= failed_at)),
    CONSTRAINT failure_source_check CHECK ((length(source) <= 200)),
    CONSTRAINT failure_time_check CHECK ((down_to > down_from))
);

COMMENT ON TABLE plant.failure IS 'A machine, or a component of it, could not do what it is for. plant.label and report.reliability_machines read it.';

COMMENT ON COLUMN plant.failure.component_id IS 'Component of the same machine that failed. NULL: not known, or the machine as a whole.';

COMMENT ON COLUMN plant.failure.down_from IS 'Since when the machine stood still for it; may be before failed_at. NULL: it did not.';

COMMENT ON COLUMN plant.failure.down_to IS 'NULL with a down_from: it still stands.';

COMMENT ON COLUMN plant.failure.cause IS 'In a few words, the same each time: lubrication, overload.';

COMMENT ON COLUMN plant.failure.source IS 'Where it is known from: a file, another system. NULL: somebody reported it.';

COMMENT ON CONSTRAINT failure_down_check ON plant.failure IS 'down_from: must be given with down_to';

COMMENT ON CONSTRAINT failure_down_from_check ON plant.failure IS 'down_from: must be a finite time';

COMMENT ON CONSTRAINT failure_down_to_check ON plant.failure IS 'down_to: must be a finite time';

COMMENT ON CONSTRAINT failure_failed_at_check ON plant.failure IS 'failed_at: must be a finite time';

COMMENT ON CONSTRAINT failure_order_check ON plant.failure IS 'down_to: must not be before failed_at';

COMMENT ON CONSTRAINT failure_time_check ON plant.failure IS 'down_to: must be later than down_from';

ALTER TABLE plant.failure ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME plant.failure_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE plant.former_sensor (
    sensor_id integer NOT NULL,
    until timestamp with time zone NOT NULL,
    name text NOT NULL,
    type text NOT NULL,
    unit text
);

COMMENT ON TABLE plant.former_sensor IS 'What sensors were called, and which unit they had, before that was changed: what was told of them is read as it was. Written by triggers only.';

COMMENT ON COLUMN plant.former_sensor.until IS 'When it was changed, or the sensor was removed.';

CREATE TABLE plant.known_time_zone (
    name text NOT NULL
);

COMMENT ON TABLE plant.known_time_zone IS 'Names of time zones that a request may use. Of pg_timezone_names, which reads 1,200 files each time; thin migrate adds what the server has learned since.';

CREATE TABLE plant.maintenance (
    id bigint NOT NULL,
    equipment_id text NOT NULL,
    kind text DEFAULT 'window'::text NOT NULL,
    title text NOT NULL,
    description text,
    starts_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone,
    suppress_alarms boolean DEFAULT true NOT NULL,
    status text DEFAULT 'planned'::text NOT NULL,
    assignee text,
    created_by text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT maintenance_assignee_check CHECK ((length(assignee) <= 200)),
    CONSTRAINT maintenance_description_check CHECK ((length(description) <= 4000)),
    CONSTRAINT maintenance_kind_check CHECK ((kind = ANY (ARRAY['window'::text, 'work_order'::text]))),
    CONSTRAINT maintenance_status_check CHECK ((status = ANY (ARRAY['planned'::text, 'in_progress'::text, 'done'::text, 'cancelled'::text]))),
    CONSTRAINT maintenance_time_check CHECK ((ends_at > starts_at)),
    CONSTRAINT maintenance_title_check CHECK (((length(title) >= 1) AND (length(title) <= 200)))
);

COMMENT ON TABLE plant.maintenance IS 'Maintenance windows and work orders. While one is open and suppress_alarms is set, alarms of the equipment are suppressed.';

COMMENT ON COLUMN plant.maintenance.ends_at IS 'NULL: open until somebody sets it.';

ALTER TABLE plant.maintenance ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME plant.maintenance_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE plant.sensor (
    id integer NOT NULL,
    equipment_id text NOT NULL,
    name text NOT NULL,
    type text DEFAULT 'unknown'::text NOT NULL,
    unit text,
    location text,
    sampling_rate double precision,
    range_min double precision,
    range_max double precision,
    accuracy double precision,
    calibration_date date,
    calibration_due date,
    calibration jsonb DEFAULT '{}'::jsonb NOT NULL,
    status text DEFAULT 'active'::text NOT NULL,
    description text,
    tags text[] DEFAULT '{}'::text[] NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    plausible_min double precision,
    plausible_max double precision,
    CONSTRAINT sensor_accuracy_check CHECK ((accuracy >= (0)::double precision)),
    CONSTRAINT sensor_calibration_check CHECK ((jsonb_typeof(calibration) = 'object'::text)),
    CONSTRAINT sensor_description_check CHECK ((length(description) <= 4000)),
    CONSTRAINT sensor_location_check CHECK ((length(location) <= 200)),
    CONSTRAINT sensor_name_check CHECK (((length(name) >= 1) AND (length(name) <= 128))),
    CONSTRAINT sensor_number_check CHECK ((((range_min >= ('-10000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000'::numeric)::double precision) AND (range_min <= ('10000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000'::numeric)::double precision)) AND ((range_max >= ('-10000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000'::numeric)::double precision) AND (range_max <= ('10000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000'::numeric)::double precision)) AND ((plausible_min >= ('-10000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000'::numeric)::double precision) AND (plausible_min <= ('10000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000'::numeric)::double precision)) AND ((plausible_max >= ('-10000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000'::numeric)::double precision) AND (plausible_max <= ('10000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000'::numeric)::double precision)))),
    CONSTRAINT sensor_plausible_check CHECK ((plausible_min < plausible_max)),
    CONSTRAINT sensor_range_check CHECK ((range_min < range_max)),
    CONSTRAINT sensor_sampling_rate_check CHECK ((sampling_rate > (0)::double precision)),
    CONSTRAINT sensor_status_check CHECK ((status = ANY (ARRAY['discovered'::text, 'active'::text, 'inactive'::text, 'faulty'::text, 'retired'::text]))),
    CONSTRAINT sensor_type_check CHECK (((length(type) >= 1) AND (length(type) <= 64))),
    CONSTRAINT sensor_unit_check CHECK ((length(unit) <= 32))
);

COMMENT ON TABLE plant.sensor IS 'One measured signal of one equipment. Registered over HTTP or psql, or by its first message (status discovered).';

COMMENT ON COLUMN plant.sensor.id IS 'Short key that points carry; stable for the life of the sensor.';

COMMENT ON COLUMN plant.sensor.name IS 'Name within the equipment: current_x, vibration, or the topic''s last level.';

COMMENT ON COLUMN plant.sensor.type IS 'Kind of quantity: current, vibration, temperature, pressure … Alarm rules select by it.';

COMMENT ON COLUMN plant.sensor.unit IS 'Unit of the values, in any spelling that plant.unit knows, or a word of the plant''s own. What comes in another unit of the same quantity is converted, what cannot be is refused (unit_mismatch). NULL: not known yet; the first message that names one sets it. Once there are values it can be spelled anew, but not changed: api.update_sensor, relabel.';

COMMENT ON COLUMN plant.sensor.sampling_rate IS 'Nominal samples per second (Hz).';

COMMENT ON COLUMN plant.sensor.range_min IS 'Lower end of the measuring range, in the sensor''s unit.';

COMMENT ON COLUMN plant.sensor.range_max IS 'Upper end of the measuring range, in the sensor''s unit.';

COMMENT ON COLUMN plant.sensor.accuracy IS 'Plus/minus, in the sensor''s unit.';

COMMENT ON COLUMN plant.sensor.plausible_min IS 'Values below it are not stored but quarantined as implausible_value, in the sensor''s unit. NULL: the setting ingest.plausible_min. The measuring range only marks values.';

COMMENT ON COLUMN plant.sensor.plausible_max IS 'Values above it are not stored. NULL: the setting ingest.plausible_max.';

ALTER TABLE plant.sensor ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME plant.sensor_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE plant.unit (
    code text NOT NULL,
    quantity text NOT NULL,
    symbol text NOT NULL,
    shift double precision DEFAULT 0 NOT NULL,
    multiplier double precision DEFAULT 1 NOT NULL,
    divisor double precision DEFAULT 1 NOT NULL,
    CONSTRAINT unit_code_check CHECK (((length(code) >= 1) AND (length(code) <= 32))),
    CONSTRAINT unit_divisor_check CHECK (((divisor >= (0.00000000000000000001)::double precision) AND (divisor <= ('100000000000000000000'::numeric)::double precision))),
    CONSTRAINT unit_multiplier_check CHECK (((multiplier >= (0.00000000000000000001)::double precision) AND (multiplier <= ('100000000000000000000'::numeric)::double precision))),
    CONSTRAINT unit_quantity_check CHECK (((length(quantity) >= 1) AND (length(quantity) <= 64))),
    CONSTRAINT unit_shift_check CHECK ((abs(shift) <= ('100000000000000000000'::numeric)::double precision)),
    CONSTRAINT unit_symbol_check CHECK (((length(symbol) >= 1) AND (length(symbol) <= 32)))
);

COMMENT ON TABLE plant.unit IS 'Units that are understood. A number in the quantity''s base is (number + shift) * multiplier / divisor. Two units are converted into one another where their quantity is the same.';

COMMENT ON COLUMN plant.unit.code IS 'UCUM code, case-sensitive: Cel, mm/s, m/s2, kPa, [psi], /min.';

COMMENT ON COLUMN plant.unit.quantity IS 'What it measures: temperature, velocity, pressure …';

COMMENT ON COLUMN plant.unit.symbol IS 'How people write it: °C, mm/s, m/s², kPa, psi, rpm.';

COMMENT ON COLUMN plant.unit.shift IS 'Added first: -32 for °F.';

COMMENT ON COLUMN plant.unit.multiplier IS 'Then multiplied: 5 for °F. Two whole numbers, so that 68 °F is 20 °C and not 20.000000000000004.';

COMMENT ON COLUMN plant.unit.divisor IS 'Then divided: 9 for °F.';

CREATE TABLE plant.unit_spelling (
    spelling text NOT NULL,
    code text NOT NULL,
    key text NOT NULL,
    CONSTRAINT unit_spelling_spelling_check CHECK (((length(spelling) >= 1) AND (length(spelling) <= 32)))
);

COMMENT ON TABLE plant.unit_spelling IS 'How units are written; code and symbol are put in by themselves. Each is understood without blanks, with ² as ^2 or 2, · as . or *, ⁻¹ as -1, ℃ as °C, µ as u, and in letters of another case where only one unit could be meant (RPM, KPA; but mpa is mPa or MPa, so neither).';

COMMENT ON COLUMN plant.unit_spelling.spelling IS 'As people write it. What is written the same in two quantities (1/s, g) has two rows.';

COMMENT ON COLUMN plant.unit_spelling.key IS 'plant.unit_key(spelling): what is compared. Set by a trigger.';

CREATE TABLE plant.work_order (
    id bigint NOT NULL,
    equipment_id text NOT NULL,
    component_id bigint,
    failure_id bigint,
    maintenance_id bigint,
    kind text DEFAULT 'preventive'::text NOT NULL,
    title text NOT NULL,
    description text,
    status text DEFAULT 'planned'::text NOT NULL,
    planned_from timestamp with time zone,
    planned_to timestamp with time zone,
    done_at timestamp with time zone,
    finding text,
    found text,
    cost numeric(14,2),
    assignee text,
    basis jsonb DEFAULT '{}'::jsonb NOT NULL,
    created_by text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT work_order_assignee_check CHECK ((length(assignee) <= 200)),
    CONSTRAINT work_order_basis_check CHECK (((jsonb_typeof(basis) = 'object'::text) AND (octet_length((basis)::text) <= 65536))),
    CONSTRAINT work_order_cost_check CHECK (((cost >= (0)::numeric) AND (cost <= 999999999999.99))),
    CONSTRAINT work_order_description_check CHECK ((length(description) <= 4000)),
    CONSTRAINT work_order_done_at_check CHECK (isfinite(done_at)),
    CONSTRAINT work_order_done_check CHECK (((status = 'done'::text) = (done_at IS NOT NULL))),
    CONSTRAINT work_order_finding_check CHECK ((finding = ANY (ARRAY['failed'::text, 'worn'::text, 'nothing'::text, 'other'::text]))),
    CONSTRAINT work_order_found_check CHECK ((length(found) <= 4000)),
    CONSTRAINT work_order_kind_check CHECK ((kind = ANY (ARRAY['corrective'::text, 'preventive'::text, 'inspection'::text]))),
    CONSTRAINT work_order_outcome_check CHECK (((status = 'done'::text) OR (finding IS NULL))),
    CONSTRAINT work_order_planned_from_check CHECK (isfinite(planned_from)),
    CONSTRAINT work_order_planned_to_check CHECK (isfinite(planned_to)),
    CONSTRAINT work_order_status_check CHECK ((status = ANY (ARRAY['proposed'::text, 'planned'::text, 'in_progress'::text, 'done'::text, 'cancelled'::text]))),
    CONSTRAINT work_order_time_check CHECK ((planned_to > planned_from)),
    CONSTRAINT work_order_title_check CHECK (((length(title) >= 1) AND (length(title) <= 200)))
);

COMMENT ON TABLE plant.work_order IS 'What is to be done at a machine, and what was found: proposed (advice that nobody has confirmed), planned, in progress, done, cancelled. The time in which its alarms are suppressed is a row of plant.maintenance, if there is one.';

COMMENT ON COLUMN plant.work_order.component_id IS 'Component of the same machine that it is about.';

COMMENT ON COLUMN plant.work_order.failure_id IS 'Failure of the same machine that it mends.';

COMMENT ON COLUMN plant.work_order.maintenance_id IS 'Its window or work order in plant.maintenance, of the same machine; of one order each.';

COMMENT ON COLUMN plant.work_order.kind IS 'corrective: something failed. preventive: before it does. inspection: to look.';

COMMENT ON COLUMN plant.work_order.finding IS 'Outcome, a source of labels (plant.label). failed: it had failed. worn: it would have before long. nothing: as it should be. other: none of these.';

COMMENT ON COLUMN plant.work_order.found IS 'What was found and done, in words.';

COMMENT ON COLUMN plant.work_order.cost IS 'What it cost, parts and labour, in the setting plant.currency.';

COMMENT ON COLUMN plant.work_order.basis IS 'What spoke for it when it was proposed (estimate, signals, costs).';

COMMENT ON CONSTRAINT work_order_cost_check ON plant.work_order IS 'cost: must be 0 to 999999999999.99';

COMMENT ON CONSTRAINT work_order_done_at_check ON plant.work_order IS 'done_at: must be a finite time';

COMMENT ON CONSTRAINT work_order_done_check ON plant.work_order IS 'done_at: must be given with status done, and only with it';

COMMENT ON CONSTRAINT work_order_outcome_check ON plant.work_order IS 'finding: can only be given of an order that is done';

COMMENT ON CONSTRAINT work_order_planned_from_check ON plant.work_order IS 'planned_from: must be a finite time';

COMMENT ON CONSTRAINT work_order_planned_to_check ON plant.work_order IS 'planned_to: must be a finite time';

COMMENT ON CONSTRAINT work_order_time_check ON plant.work_order IS 'planned_to: must be later than planned_from';

ALTER TABLE plant.work_order ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME plant.work_order_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE relay.channel (
    id integer NOT NULL,
    name text NOT NULL,
    kind text NOT NULL,
    target text NOT NULL,
    language text,
    enabled boolean DEFAULT true NOT NULL,
    available boolean DEFAULT true NOT NULL,
    max_attempts integer DEFAULT 12 NOT NULL,
    first_delay interval DEFAULT '00:00:01'::interval NOT NULL,
    longest_delay interval DEFAULT '00:10:00'::interval NOT NULL,
    request_timeout interval DEFAULT '00:00:10'::interval NOT NULL,
    headers jsonb DEFAULT '{}'::jsonb NOT NULL,
    rate double precision,
    digest_over integer,
    CONSTRAINT channel_check CHECK ((longest_delay >= first_delay)),
    CONSTRAINT channel_digest_over_check CHECK (((digest_over >= 1) AND (digest_over <= 100000))),
    CONSTRAINT channel_first_delay_check CHECK ((first_delay > '00:00:00'::interval)),
    CONSTRAINT channel_headers_check CHECK ((jsonb_typeof(headers) = 'object'::text)),
    CONSTRAINT channel_kind_check CHECK ((kind = ANY (ARRAY['slack_webhook'::text, 'slack_bot'::text, 'email'::text, 'webhook'::text]))),
    CONSTRAINT channel_max_attempts_check CHECK (((max_attempts >= 1) AND (max_attempts <= 100))),
    CONSTRAINT channel_name_check CHECK (((length(name) >= 1) AND (length(name) <= 64))),
    CONSTRAINT channel_patience_check CHECK (((request_timeout <= '00:05:00'::interval) AND (longest_delay <= '7 days'::interval))),
    CONSTRAINT channel_rate_check CHECK (((rate >= (0.001)::double precision) AND (rate <= (1000)::double precision))),
    CONSTRAINT channel_request_timeout_check CHECK ((request_timeout > '00:00:00'::interval)),
    CONSTRAINT channel_target_check CHECK (((target ~ '^env:[A-Z][A-Z0-9_]*$'::text) OR
CASE kind
    WHEN 'email'::text THEN ((target ~ '^role:[a-z]{1,32}$'::text) OR (target ~ '^mailto:[^[:space:],<>@:"]{1,64}@[A-Za-z0-9.-]{1,253}(,[^[:space:],<>@:"]{1,64}@[A-Za-z0-9.-]{1,253}){0,49}$'::text))
    WHEN 'slack_bot'::text THEN (target ~ '^slack:[A-Z0-9]{1,32}$'::text)
    ELSE (target ~ '^https?://[^[:space:]]+$'::text)
END))
);

COMMENT ON TABLE relay.channel IS 'Where notifications can be sent besides WebSocket clients, and how patiently.';

COMMENT ON COLUMN relay.channel.target IS 'http(s) URL (webhooks), mailto:a@b,c@d (email, at most 50) or role:admin (email to the accounts that have the role), slack:ID of a channel or user (slack_bot); or env:NAME, which thin takes from its own environment, so that a secret need not stand here.';

COMMENT ON COLUMN relay.channel.language IS 'Where none is given, the default of relay.language.';

COMMENT ON COLUMN relay.channel.available IS 'Whether a running thin has the variables that the channel needs: the one that target names, SMTP_URL for email, SLACK_BOT_TOKEN for slack_bot (relay.channel_variables, relay.declare_environment).';

COMMENT ON COLUMN relay.channel.first_delay IS 'Wait after the first failure; doubles with each further one, up to longest_delay, with jitter.';

COMMENT ON COLUMN relay.channel.rate IS 'Messages per second at most; NULL: as its kind has it (relay.channel_kind).';

COMMENT ON COLUMN relay.channel.digest_over IS 'When more messages than this wait, one digest names every alarm instead. NULL: as its kind has it.';

ALTER TABLE relay.channel ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME relay.channel_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE relay.channel_kind (
    kind text NOT NULL,
    rate double precision,
    digest_over integer,
    description text NOT NULL,
    CONSTRAINT channel_kind_digest_over_check CHECK (((digest_over >= 1) AND (digest_over <= 100000))),
    CONSTRAINT channel_kind_rate_check CHECK (((rate >= (0.001)::double precision) AND (rate <= (1000)::double precision)))
);

COMMENT ON TABLE relay.channel_kind IS 'What holds for channels of a kind that say nothing else themselves.';

COMMENT ON COLUMN relay.channel_kind.rate IS 'Messages per second; NULL: any number.';

COMMENT ON COLUMN relay.channel_kind.digest_over IS 'When more messages than this wait, a digest takes their place; NULL: never.';

CREATE TABLE relay.channel_state (
    channel_id integer NOT NULL,
    next_free timestamp with time zone DEFAULT '-infinity'::timestamp with time zone NOT NULL,
    failures integer DEFAULT 0 NOT NULL,
    paused_until timestamp with time zone,
    failing_since timestamp with time zone
)
WITH (fillfactor='50');

COMMENT ON TABLE relay.channel_state IS 'How a channel fares. Its rows are what relay.claim_deliveries locks.';

COMMENT ON COLUMN relay.channel_state.next_free IS 'When its rate allows the next message.';

COMMENT ON COLUMN relay.channel_state.failures IS 'Failed attempts in a row, of any delivery. While there are any, one delivery at a time is tried.';

COMMENT ON COLUMN relay.channel_state.paused_until IS 'Nothing is sent before; NULL: not paused.';

COMMENT ON COLUMN relay.channel_state.failing_since IS 'When the first of these failed; NULL: there is none.';

CREATE TABLE relay.delivery (
    id bigint NOT NULL,
    seq bigint,
    channel_id integer NOT NULL,
    status text DEFAULT 'pending'::text NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    next_attempt_at timestamp with time zone DEFAULT clock_timestamp(),
    claimed_by text,
    claimed_until timestamp with time zone,
    last_status integer,
    last_error text,
    delivered_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    last_answer text,
    subject text,
    data jsonb,
    folded_into bigint,
    CONSTRAINT delivery_content_check CHECK (((seq IS NOT NULL) OR (data IS NOT NULL))),
    CONSTRAINT delivery_folded_check CHECK (((status = 'folded'::text) = (folded_into IS NOT NULL))),
    CONSTRAINT delivery_status_check CHECK ((status = ANY (ARRAY['pending'::text, 'sending'::text, 'delivered'::text, 'dead'::text, 'folded'::text])))
);

COMMENT ON TABLE relay.delivery IS 'One notification to one channel. pending → sending (claimed for a while) → delivered, or pending again with back-off, or dead after max_attempts (a dead letter; relay.retry_delivery sends it again).';

COMMENT ON COLUMN relay.delivery.seq IS 'NULL where it is for this channel alone (a route that was added while an alarm stands): data is its content then.';

COMMENT ON COLUMN relay.delivery.claimed_until IS 'After this moment another worker may take it over: at least once, never lost.';

COMMENT ON COLUMN relay.delivery.last_status IS 'HTTP status (email: SMTP reply code) of the last attempt; NULL where none was received.';

COMMENT ON COLUMN relay.delivery.last_error IS 'Why the last attempt failed, in our own words.';

COMMENT ON COLUMN relay.delivery.last_answer IS 'How the target''s answer to it began, at most 500 characters. For administrators: it may show what only the target''s network should see.';

COMMENT ON COLUMN relay.delivery.subject IS 'What it is about (one rule on one sensor): deliveries about one subject leave a channel in order, one at a time, and an older one that has not left yet is folded into the newer.';

COMMENT ON COLUMN relay.delivery.folded_into IS 'Overtaken before it was sent: the delivery that says so in its place.';

ALTER TABLE relay.delivery ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME relay.delivery_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE relay.former_text (
    source text NOT NULL,
    key text NOT NULL,
    language text NOT NULL,
    until timestamp with time zone NOT NULL,
    text text,
    CONSTRAINT former_text_source_check CHECK ((source = ANY (ARRAY['phrase'::text, 'template'::text])))
);

COMMENT ON TABLE relay.former_text IS 'What phrases and message templates said before they were changed: what was told is read in the words of its time. Written by triggers only.';

COMMENT ON COLUMN relay.former_text.until IS 'When it was changed.';

COMMENT ON COLUMN relay.former_text.text IS 'NULL: there was none.';

CREATE TABLE relay.language (
    code text NOT NULL,
    name text NOT NULL,
    rank smallint DEFAULT 100 NOT NULL,
    is_default boolean DEFAULT false NOT NULL,
    CONSTRAINT language_code_check CHECK ((code ~ '^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$'::text)),
    CONSTRAINT language_name_check CHECK (((length(name) >= 1) AND (length(name) <= 64)))
);

COMMENT ON TABLE relay.language IS 'Languages that notifications are written in. Another one is a row here, its phrases (relay.phrase) and its message templates (alarm.message_template).';

COMMENT ON COLUMN relay.language.code IS 'As in BCP 47: ko, en, pt-BR.';

COMMENT ON COLUMN relay.language.rank IS 'What a language has no words for is said in the one with the least rank that has.';

COMMENT ON COLUMN relay.language.is_default IS 'Language of a channel that names none: one at most. None: the one with the least rank.';

CREATE TABLE relay.notification (
    seq bigint NOT NULL,
    kind text NOT NULL,
    event text,
    severity text,
    equipment_id text,
    sensor_id integer,
    data jsonb,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    transition_id bigint,
    moment jsonb,
    CONSTRAINT notification_content_check CHECK ((num_nonnulls(data, transition_id) = 1)),
    CONSTRAINT notification_data_check CHECK ((jsonb_typeof(data) = 'object'::text)),
    CONSTRAINT notification_event_check CHECK ((length(event) <= 32)),
    CONSTRAINT notification_kind_check CHECK (((length(kind) >= 1) AND (length(kind) <= 32))),
    CONSTRAINT notification_severity_check CHECK ((length(severity) <= 16))
);

COMMENT ON TABLE relay.notification IS 'What happened and may interest somebody outside, in delivery order, written in the transaction in which it happened (relay.publish). What it says is made when it is read: relay.outbox shows it.';

COMMENT ON COLUMN relay.notification.seq IS 'Delivery sequence: gapless, in commit order; what WebSocket clients name to resume.';

COMMENT ON COLUMN relay.notification.kind IS 'alarm, prediction, rul, system, maintenance or test.';

COMMENT ON COLUMN relay.notification.event IS 'What happened to it: raised, cleared, acknowledged …';

COMMENT ON COLUMN relay.notification.data IS 'What it says, where whoever published it said so; NULL: it tells of transition_id.';

COMMENT ON COLUMN relay.notification.transition_id IS 'alarm.transition.id: what it tells of, as event.';

COMMENT ON COLUMN relay.notification.moment IS 'What was so at that moment and may not be so when it is read (alarm.moment). NULL: nothing out of the ordinary.';

CREATE TABLE relay.phrase (
    key text NOT NULL,
    language text NOT NULL,
    text text NOT NULL,
    CONSTRAINT phrase_key_check CHECK (((length(key) >= 1) AND (length(key) <= 200))),
    CONSTRAINT phrase_text_check CHECK (((length(text) >= 1) AND (length(text) <= 200)))
);

COMMENT ON TABLE relay.phrase IS 'Words in messages and around them: names of fields, events and kinds. {x} stands for what is said. <field>.<value> is what a field''s value is called: severity.high, level.low_low, fault.bearing.';

CREATE TABLE relay.route (
    id integer NOT NULL,
    name text NOT NULL,
    channel_id integer NOT NULL,
    kinds text[],
    events text[],
    severities text[],
    equipment_ids text[],
    equipment_types text[],
    locations text[],
    enabled boolean DEFAULT true NOT NULL,
    CONSTRAINT route_name_check CHECK (((length(name) >= 1) AND (length(name) <= 64)))
);

COMMENT ON TABLE relay.route IS 'Which notifications go to which channel. A NULL list means any; all lists must match.';

ALTER TABLE relay.route ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME relay.route_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE relay.sequence (
    singleton boolean DEFAULT true NOT NULL,
    last bigint DEFAULT 0 NOT NULL,
    CONSTRAINT sequence_singleton_check CHECK (singleton)
)
WITH (fillfactor='10');

COMMENT ON TABLE relay.sequence IS 'Last delivery number given out. A row and not a SEQUENCE: a writer holds it until commit, so numbers have no gaps and appear in commit order, which is what lets a client resume after the last one that it saw.';

CREATE TABLE relay.variable (
    name text NOT NULL,
    description text NOT NULL,
    CONSTRAINT variable_name_check CHECK ((name ~ '^[A-Z][A-Z0-9_]{0,127}$'::text))
);

COMMENT ON TABLE relay.variable IS 'Variables of thin that a channel may name as env:NAME, besides those that begin with MILLWRIGHT_CHANNEL_. Only migrations write here: otherwise a channel could send DATABASE_URL or SECRET_KEY away.';

CREATE TABLE report.definition (
    name text NOT NULL,
    place smallint NOT NULL,
    span text NOT NULL,
    length interval,
    CONSTRAINT definition_length_check CHECK (((length > '00:00:00'::interval) AND (length <= '10 years'::interval))),
    CONSTRAINT definition_name_check CHECK ((name ~ '^[a-z][a-z0-9_]{0,31}$'::text)),
    CONSTRAINT definition_span_check CHECK ((span = ANY (ARRAY['shift'::text, 'days'::text, 'past'::text, 'future'::text]))),
    CONSTRAINT definition_span_length_check CHECK (((span = 'shift'::text) = (length IS NULL)))
);

COMMENT ON TABLE report.definition IS 'The reports, one row each; its title is the phrase report.<name>. What it consists of: report.section. Only the owner of the schema writes here: sections are called with the rights of whoever has them printed.';

COMMENT ON COLUMN report.definition.place IS 'Order in which reports are listed.';

COMMENT ON COLUMN report.definition.span IS 'What time it is about where nobody says: shift, the one that ended last; days, as many whole days of the plant before today as length has; past, length up to now; future, length from now on.';

COMMENT ON COLUMN report.definition.length IS 'See span.';

CREATE TABLE report.run (
    schedule_id integer NOT NULL,
    due_at timestamp with time zone NOT NULL,
    status text NOT NULL,
    delivery_id bigint,
    error text,
    decided_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    told_with timestamp with time zone,
    CONSTRAINT run_status_check CHECK ((status = ANY (ARRAY['queued'::text, 'missed'::text, 'failed'::text])))
);

COMMENT ON TABLE report.run IS 'What became of each due time of report.schedule; kept as long as the setting report.run_retention says.';

COMMENT ON COLUMN report.run.status IS 'queued: its delivery is in relay.delivery. missed: when it was noticed a later one was due already, or the schedule was changed. failed: given up after the setting report.attempts.';

COMMENT ON COLUMN report.run.delivery_id IS 'relay.delivery.id; that row may be gone already.';

COMMENT ON COLUMN report.run.error IS 'SQLSTATE and message.';

COMMENT ON COLUMN report.run.told_with IS 'missed or failed: due_at of the later report that said so.';

CREATE TABLE report.schedule (
    id integer NOT NULL,
    name text NOT NULL,
    report text NOT NULL,
    channel_id integer NOT NULL,
    format text DEFAULT 'html'::text NOT NULL,
    times time without time zone[] NOT NULL,
    weekdays smallint[] DEFAULT '{1,2,3,4,5,6,7}'::smallint[] NOT NULL,
    equipment_id text,
    enabled boolean DEFAULT true NOT NULL,
    done_to timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    next_attempt_at timestamp with time zone,
    last_error text,
    CONSTRAINT schedule_format_check CHECK ((format = ANY (ARRAY['text'::text, 'html'::text]))),
    CONSTRAINT schedule_name_check CHECK (((length(name) >= 1) AND (length(name) <= 64))),
    CONSTRAINT schedule_times_check CHECK ((((cardinality(times) >= 1) AND (cardinality(times) <= 24)) AND (array_ndims(times) = 1) AND (array_position(times, NULL::time without time zone) IS NULL))),
    CONSTRAINT schedule_weekdays_check CHECK ((((cardinality(weekdays) >= 1) AND (cardinality(weekdays) <= 7)) AND (weekdays <@ '{1,2,3,4,5,6,7}'::smallint[])))
);

COMMENT ON TABLE report.schedule IS 'Which report is sent when to which channel. Each due time ends up in report.run once: the job report.send_due makes the report and queues its delivery in one transaction. INSERT, UPDATE and DELETE in psql are welcome (administrators).';

COMMENT ON COLUMN report.schedule.format IS 'html: e-mail carries it beside the text. Other kinds of channels get the text either way.';

COMMENT ON COLUMN report.schedule.times IS 'Times of day in the plant''s zone (setting plant.time_zone). One that a change of clocks leaves out is as much later; one that comes twice counts the second time.';

COMMENT ON COLUMN report.schedule.weekdays IS 'ISO: 1 Monday to 7 Sunday.';

COMMENT ON COLUMN report.schedule.equipment_id IS 'Of one machine. NULL: all.';

COMMENT ON COLUMN report.schedule.done_to IS 'Due times up to here are done. One that report.run has is not done again.';

COMMENT ON COLUMN report.schedule.attempts IS 'Failed attempts at the due time that is open (setting report.attempts: after so many it is given up).';

COMMENT ON COLUMN report.schedule.last_error IS 'SQLSTATE and message of the last failure; NULL when the last attempt was good.';

ALTER TABLE report.schedule ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME report.schedule_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE report.section (
    report text NOT NULL,
    place smallint NOT NULL,
    function text NOT NULL,
    CONSTRAINT section_function_check CHECK ((function ~ '^[a-z_][a-z0-9_]*[.][a-z_][a-z0-9_]*$'::text))
);

COMMENT ON TABLE report.section IS 'What a report consists of: a section is a function with the arguments ("from" timestamptz, "to" timestamptz, machine text, zone text) that returns a table. One row and one function make a new section. Its heading is the phrase section.<function>, a remark under it note.<function>, what it says without rows empty.<function>, a column''s heading column.<name>.';

COMMENT ON COLUMN report.section.function IS 'schema.name of the function, of which there is one.';

CREATE TABLE rollup.calendar (
    bucket timestamp with time zone NOT NULL,
    bucket_end timestamp with time zone NOT NULL,
    CONSTRAINT calendar_check CHECK ((bucket_end > bucket))
);

COMMENT ON TABLE rollup.calendar IS 'Days of the plant''s zone, from the first quarter of rollup.machine_15m to tomorrow. Kept by rollup.refresh.';

CREATE TABLE rollup.change (
    sensor_id integer NOT NULL,
    period tstzmultirange NOT NULL,
    noted_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT change_period_check CHECK ((NOT isempty(period)))
);

COMMENT ON TABLE rollup.change IS 'Finished hours that were written, changed or removed: a queue without a key that triggers on the finished buckets of rollup.reading_1h append to and rollup.refresh empties.';

CREATE TABLE rollup.day (
    sensor_id integer NOT NULL,
    bucket timestamp with time zone NOT NULL,
    bucket_end timestamp with time zone NOT NULL,
    count bigint NOT NULL,
    min double precision NOT NULL,
    max double precision NOT NULL,
    mean double precision NOT NULL,
    sum double precision NOT NULL,
    sum_sq double precision NOT NULL,
    first double precision NOT NULL,
    last double precision NOT NULL,
    first_time timestamp with time zone NOT NULL,
    last_time timestamp with time zone NOT NULL,
    sketch bigint[],
    CONSTRAINT day_check CHECK ((bucket_end > bucket)),
    CONSTRAINT day_count_check CHECK ((count > 0))
);

COMMENT ON TABLE rollup.day IS 'Finished days, kept for ever. Written by rollup.refresh; read rollup.reading_1d, which has the open days too.';

COMMENT ON COLUMN rollup.day.bucket_end IS 'Start of the next day.';

COMMENT ON COLUMN rollup.day.sketch IS 'As rollup.sketch_1h.sketch. NULL: readings were dropped before it was made.';

CREATE TABLE rollup.day_state (
    is_only boolean DEFAULT true NOT NULL,
    zone text DEFAULT 'UTC'::text NOT NULL,
    zone_from timestamp with time zone DEFAULT '-infinity'::timestamp with time zone NOT NULL,
    finished_to timestamp with time zone DEFAULT '-infinity'::timestamp with time zone NOT NULL,
    kept_from timestamp with time zone DEFAULT '-infinity'::timestamp with time zone NOT NULL,
    minutes_from timestamp with time zone DEFAULT '-infinity'::timestamp with time zone NOT NULL,
    machines_to timestamp with time zone DEFAULT '-infinity'::timestamp with time zone NOT NULL,
    CONSTRAINT day_state_check CHECK ((finished_to >= zone_from)),
    CONSTRAINT day_state_is_only_check CHECK (is_only)
);

COMMENT ON TABLE rollup.day_state IS 'Where the days stand. One row.';

COMMENT ON COLUMN rollup.day_state.zone IS 'Zone of the days from zone_from on: plant.time_zone() when rollup.refresh ran last.';

COMMENT ON COLUMN rollup.day_state.zone_from IS 'Days before it are of another zone: their hours are gone, so they stay as they are.';

COMMENT ON COLUMN rollup.day_state.finished_to IS 'Days before it are rows of rollup.day; later ones are worked out when they are read.';

COMMENT ON COLUMN rollup.day_state.kept_from IS 'Hours before it were dropped by retention: days before it are never computed again.';

COMMENT ON COLUMN rollup.day_state.minutes_from IS 'Minutes before it were dropped by retention: so are days before it whose midnight is not on the hour, and machines'' states.';

COMMENT ON COLUMN rollup.day_state.machines_to IS 'Every machine has its quarters of an hour up to here.';

CREATE TABLE rollup.finished_chunk (
    relation oid NOT NULL,
    chunk name NOT NULL,
    range_end timestamp with time zone NOT NULL
);

COMMENT ON TABLE rollup.finished_chunk IS 'Chunks of the tables of finished minutes and hours that rollup.refresh has seen. One that is gone was dropped, by whomever: what was made of it before its end is never computed again.';

COMMENT ON COLUMN rollup.finished_chunk.relation IS 'The table. When the aggregate is made anew it is another one, and nothing was dropped.';

CREATE TABLE rollup.machine_15m (
    equipment_id text NOT NULL,
    bucket timestamp with time zone NOT NULL,
    running smallint NOT NULL,
    idle smallint NOT NULL,
    stopped smallint NOT NULL,
    unknown smallint NOT NULL,
    starts smallint NOT NULL,
    energy double precision,
    points bigint NOT NULL,
    heard integer NOT NULL
);

COMMENT ON TABLE rollup.machine_15m IS 'What each machine did in a quarter of an hour, of which hours and days of every zone can be made. Written by rollup.refresh out of minutes; read report.machine_state_1h, report.machine_state_1d, report.machine_activity_1h.';

COMMENT ON COLUMN rollup.machine_15m.running IS 'Minutes in which it ran. With idle, stopped and unknown: all minutes of the quarter that have begun.';

COMMENT ON COLUMN rollup.machine_15m.starts IS 'Minutes in which it ran after one in which it idled or stood still.';

COMMENT ON COLUMN rollup.machine_15m.energy IS 'kWh, of its power sensors, or estimated from its current (setting plant.line_voltage); NULL: neither was heard.';

COMMENT ON COLUMN rollup.machine_15m.points IS 'Readings stored of all its sensors.';

COMMENT ON COLUMN rollup.machine_15m.heard IS 'Bit n: one of its sensors was heard in minute n.';

CREATE TABLE rollup.sketch_1h (
    bucket timestamp with time zone NOT NULL,
    sensor_id integer NOT NULL,
    count bigint NOT NULL,
    sketch bigint[] NOT NULL,
    CONSTRAINT sketch_1h_count_check CHECK ((count > 0))
);

COMMENT ON TABLE rollup.sketch_1h IS 'Distribution of the values of each sensor and finished hour: counts in buckets that are 1 % wide, which can be added up. Read it with rollup.quantiles.';

COMMENT ON COLUMN rollup.sketch_1h.bucket IS 'Start of the hour (UTC).';

COMMENT ON COLUMN rollup.sketch_1h.count IS 'Values counted in it.';

COMMENT ON COLUMN rollup.sketch_1h.sketch IS 'One number for each bucket that holds a value: its key (rollup.sketch_key) × 2^32 + count, ascending.';

CREATE TABLE rollup.state_kind (
    state text NOT NULL,
    kind text NOT NULL,
    CONSTRAINT state_kind_kind_check CHECK ((kind = ANY (ARRAY['running'::text, 'idle'::text, 'stopped'::text]))),
    CONSTRAINT state_kind_state_check CHECK ((((length(state) >= 1) AND (length(state) <= 64)) AND (state = lower(state))))
);

COMMENT ON TABLE rollup.state_kind IS 'Which operating states (alarm.operating_state.state, in lower case) mean that a machine idles or stands still. Every other state is running.';

CREATE TABLE telemetry.clock (
    equipment_id text NOT NULL,
    clock_offset interval,
    measured_at timestamp with time zone,
    best interval,
    window_began timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    wrong_since timestamp with time zone,
    historical bigint DEFAULT 0 NOT NULL,
    unjudged bigint DEFAULT 0 NOT NULL,
    stepped_at timestamp with time zone,
    disowned bigint DEFAULT 0 NOT NULL
);

COMMENT ON TABLE telemetry.clock IS 'How far each machine''s clock is ahead of ours (negative: behind), estimated from its points: time of measurement minus arrival, of the sensor and the moment within a minute where least time was lost on the way. Kept by the job telemetry.watch_clocks.';

COMMENT ON COLUMN telemetry.clock.clock_offset IS 'Positive: its times lie ahead of ours. What is a little negative may be the way of the data. NULL: not known yet.';

COMMENT ON COLUMN telemetry.clock.measured_at IS 'When the last point that counts here arrived.';

COMMENT ON COLUMN telemetry.clock.best IS 'Greatest offset since window_began: becomes clock_offset when the minute is over.';

COMMENT ON COLUMN telemetry.clock.wrong_since IS 'Since when the offset is beyond the limit of the system condition clock; NULL: it is not.';

COMMENT ON COLUMN telemetry.clock.historical IS 'Points that their sender did not mark as historical, but that were so old when they came (ingest.historical_after) that no live alarm was raised on them.';

COMMENT ON COLUMN telemetry.clock.unjudged IS 'Late points whose place in what had been judged was closed: the rule had changed, or an alarm had been reset since.';

COMMENT ON COLUMN telemetry.clock.stepped_at IS 'When its clock was last seen to be put back.';

COMMENT ON COLUMN telemetry.clock.disowned IS 'Points that lay ahead of a clock that was put back: stored as of bad quality since, they judge nothing.';

CREATE TABLE telemetry.clock_event (
    id bigint NOT NULL,
    equipment_id text NOT NULL,
    received_at timestamp with time zone NOT NULL,
    clock_offset interval,
    historical bigint DEFAULT 0 NOT NULL,
    unjudged bigint DEFAULT 0 NOT NULL,
    disowned bigint DEFAULT 0 NOT NULL
);

COMMENT ON TABLE telemetry.clock_event IS 'What ingest noticed of clocks and leaves for telemetry.watch_clocks to count: appended only, so that no batch waits for another. Columns as in telemetry.clock.';

ALTER TABLE telemetry.clock_event ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME telemetry.clock_event_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE telemetry.history_lane (
    is_only boolean DEFAULT true NOT NULL,
    "position" timestamp with time zone DEFAULT '-infinity'::timestamp with time zone NOT NULL,
    moved bigint DEFAULT 0 NOT NULL,
    duplicates bigint DEFAULT 0 NOT NULL,
    last_moved_at timestamp with time zone,
    usual_interval interval,
    CONSTRAINT history_lane_is_only_check CHECK (is_only)
);

COMMENT ON TABLE telemetry.history_lane IS 'The lane for history. Whoever changes the chunk interval of telemetry.reading holds this row''s lock until commit: ingest.backfill, telemetry.begin_history.';

COMMENT ON COLUMN telemetry.history_lane."position" IS 'ingest.backfill goes on from this time of measurement upward, and begins again below when nothing is left above.';

COMMENT ON COLUMN telemetry.history_lane.moved IS 'Points moved out of ingest.backlog since the beginning.';

COMMENT ON COLUMN telemetry.history_lane.duplicates IS 'Those of them that telemetry.reading had already.';

COMMENT ON COLUMN telemetry.history_lane.usual_interval IS 'Chunk interval to go back to; set between telemetry.begin_history and telemetry.end_history only.';

CREATE TABLE telemetry.late_run (
    sensor_id integer NOT NULL,
    behind timestamp with time zone NOT NULL,
    lag interval NOT NULL,
    since timestamp with time zone NOT NULL,
    first_time timestamp with time zone NOT NULL,
    last_time timestamp with time zone NOT NULL,
    arrivals integer NOT NULL,
    points integer NOT NULL
);

COMMENT ON TABLE telemetry.late_run IS 'Sensors that tell late points only, while nothing newer comes: late by about the same each time, their clock was put back (telemetry.step_back).';

COMMENT ON COLUMN telemetry.late_run.behind IS 'The latest value''s time, which they do not reach.';

COMMENT ON COLUMN telemetry.late_run.lag IS 'Arrival minus time of measurement, at the first of these arrivals.';

CREATE TABLE telemetry.latest (
    sensor_id integer NOT NULL,
    "time" timestamp with time zone DEFAULT '-infinity'::timestamp with time zone NOT NULL,
    value double precision,
    quality smallint DEFAULT 0 NOT NULL,
    received_at timestamp with time zone,
    burst interval
)
WITH (fillfactor='50', autovacuum_vacuum_scale_factor='0', autovacuum_vacuum_threshold='2000');

COMMENT ON TABLE telemetry.latest IS 'The newest point of each sensor. Moves forward only, unless a clock that was fast is put right (telemetry.clock_step). Exists because last() uses no index. Its rows are also what ingest locks, in sensor order, so that two batches which share a sensor follow one another.';

COMMENT ON COLUMN telemetry.latest."time" IS '-infinity until the first live point: the row is made together with its sensor, so that ingest only ever updates.';

COMMENT ON COLUMN telemetry.latest.received_at IS 'When the broker''s message or the request arrived. received_at - time maps the sensor''s time to ours (alarm.fires_at).';

COMMENT ON COLUMN telemetry.latest.burst IS 'How much time of measurement lately came at once, so how long the sensor is usually silent between two uploads: the greatest of the last arrivals, fading. NULL: points come one by one.';

CREATE TABLE telemetry.reading (
    "time" timestamp with time zone NOT NULL,
    value double precision NOT NULL,
    sensor_id integer NOT NULL,
    quality smallint DEFAULT 0 NOT NULL,
    is_historical boolean DEFAULT false NOT NULL,
    CONSTRAINT reading_value_check CHECK (((abs(value) <= ('10000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000'::numeric)::double precision) AND ((abs(value) >= (0.0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000001)::double precision) OR (value = (0)::double precision))))
);

COMMENT ON TABLE telemetry.reading IS 'Every stored point, once: (sensor, time) is unique. Written by ingest only. A hypertable with one chunk per day; history (older than the setting ingest.live_span) lies in wider ones.';

COMMENT ON COLUMN telemetry.reading."time" IS 'When it was measured (the payload''s timestamp, else its arrival).';

COMMENT ON COLUMN telemetry.reading.value IS 'Value in the sensor''s unit: 0, or 1e-100 to 1e100 in magnitude, so that every aggregate can carry it (docs/adr/0010).';

COMMENT ON COLUMN telemetry.reading.sensor_id IS 'plant.sensor.id';

COMMENT ON COLUMN telemetry.reading.quality IS 'OPC UA severity of the status code: 0 good, 1 uncertain, 2 bad.';

COMMENT ON COLUMN telemetry.reading.is_historical IS 'Arrived late (setting ingest.historical_after) or was marked so by its sender: stored, but fired no live alarm and did not become the latest value.';

ALTER TABLE ONLY alarm.alarm
    ADD CONSTRAINT alarm_pkey PRIMARY KEY (id);

ALTER TABLE ONLY alarm.allowed_routine
    ADD CONSTRAINT allowed_routine_pkey PRIMARY KEY (kind, name, arguments);

ALTER TABLE ONLY alarm.allowed_type
    ADD CONSTRAINT allowed_type_pkey PRIMARY KEY (type);

ALTER TABLE ONLY alarm.baseline
    ADD CONSTRAINT baseline_pkey PRIMARY KEY (sensor_id, state, hour_of_week);

ALTER TABLE ONLY alarm.checkpoint
    ADD CONSTRAINT checkpoint_pkey PRIMARY KEY (signal_id, at);

ALTER TABLE ONLY alarm.clock
    ADD CONSTRAINT clock_pkey PRIMARY KEY (condition);

ALTER TABLE ONLY alarm.condition_parameter
    ADD CONSTRAINT condition_parameter_pkey PRIMARY KEY (condition, parameter);

ALTER TABLE ONLY alarm.condition
    ADD CONSTRAINT condition_pkey PRIMARY KEY (name);

ALTER TABLE ONLY alarm.derived_clock
    ADD CONSTRAINT derived_clock_pkey PRIMARY KEY (signal_id);

ALTER TABLE ONLY alarm.derived_source
    ADD CONSTRAINT derived_source_pkey PRIMARY KEY (sensor_id, signal_id);

ALTER TABLE ONLY alarm.expression_run
    ADD CONSTRAINT expression_run_pkey PRIMARY KEY (rule_id);

ALTER TABLE ONLY alarm.feedback
    ADD CONSTRAINT feedback_pkey PRIMARY KEY (alarm_id, person);

ALTER TABLE ONLY alarm.hold
    ADD CONSTRAINT hold_pkey PRIMARY KEY (id);

ALTER TABLE ONLY alarm.known_fault
    ADD CONSTRAINT known_fault_pkey PRIMARY KEY (id);

ALTER TABLE ONLY alarm.known_sensor_type
    ADD CONSTRAINT known_sensor_type_pkey PRIMARY KEY (type);

ALTER TABLE ONLY alarm.late_sample
    ADD CONSTRAINT late_sample_pkey PRIMARY KEY (id);

ALTER TABLE ONLY alarm.message_template
    ADD CONSTRAINT message_template_pkey PRIMARY KEY (condition, language);

ALTER TABLE ONLY alarm.multivariate_clock
    ADD CONSTRAINT multivariate_clock_pkey PRIMARY KEY (equipment_id);

ALTER TABLE ONLY alarm.multivariate_exclusion
    ADD CONSTRAINT multivariate_exclusion_pkey PRIMARY KEY (sensor_id);

ALTER TABLE ONLY alarm.multivariate_hour
    ADD CONSTRAINT multivariate_hour_pkey PRIMARY KEY (equipment_id, state, bucket);

ALTER TABLE ONLY alarm.multivariate_model
    ADD CONSTRAINT multivariate_model_pkey PRIMARY KEY (equipment_id, state);

ALTER TABLE ONLY alarm.multivariate_reset
    ADD CONSTRAINT multivariate_reset_pkey PRIMARY KEY (id);

ALTER TABLE ONLY alarm.operating_state
    ADD CONSTRAINT operating_state_pkey PRIMARY KEY (equipment_id, state);

ALTER TABLE ONLY alarm.rule
    ADD CONSTRAINT rule_name_key UNIQUE (name);

ALTER TABLE ONLY alarm.rule
    ADD CONSTRAINT rule_pkey PRIMARY KEY (id);

ALTER TABLE ONLY alarm.rule_test
    ADD CONSTRAINT rule_test_pkey PRIMARY KEY (id);

ALTER TABLE ONLY alarm.rule_test
    ADD CONSTRAINT rule_test_rule_id_name_key UNIQUE (rule_id, name);

ALTER TABLE ONLY alarm.rule_version
    ADD CONSTRAINT rule_version_pkey PRIMARY KEY (rule_id, version);

ALTER TABLE ONLY alarm.severity
    ADD CONSTRAINT severity_minimum_confidence_key UNIQUE (minimum_confidence);

ALTER TABLE ONLY alarm.severity
    ADD CONSTRAINT severity_pkey PRIMARY KEY (name);

ALTER TABLE ONLY alarm.severity
    ADD CONSTRAINT severity_rank_key UNIQUE (rank);

ALTER TABLE ONLY alarm.signal
    ADD CONSTRAINT signal_key UNIQUE NULLS NOT DISTINCT (rule_id, equipment_id, sensor_id, bundle_kind, power);

ALTER TABLE ONLY alarm.signal
    ADD CONSTRAINT signal_pkey PRIMARY KEY (id);

ALTER TABLE ONLY alarm.state
    ADD CONSTRAINT state_pkey PRIMARY KEY (signal_id);

ALTER TABLE ONLY alarm.sweep
    ADD CONSTRAINT sweep_pkey PRIMARY KEY (singleton);

ALTER TABLE ONLY alarm.system_condition
    ADD CONSTRAINT system_condition_pkey PRIMARY KEY (name);

ALTER TABLE ONLY alarm.system_run
    ADD CONSTRAINT system_run_pkey PRIMARY KEY (condition);

ALTER TABLE ONLY alarm.system_state
    ADD CONSTRAINT system_state_pkey PRIMARY KEY (condition, object);

ALTER TABLE ONLY alarm.told
    ADD CONSTRAINT told_pkey PRIMARY KEY (alarm_id, channel_id);

ALTER TABLE ONLY alarm.transition_kind
    ADD CONSTRAINT transition_kind_pkey PRIMARY KEY (kind);

ALTER TABLE ONLY alarm.transition
    ADD CONSTRAINT transition_pkey PRIMARY KEY (id);

ALTER TABLE ONLY alarm.unassigned
    ADD CONSTRAINT unassigned_pkey PRIMARY KEY (equipment_id);

ALTER TABLE ONLY alarm.vibration_zone
    ADD CONSTRAINT vibration_zone_key UNIQUE (standard, machine_class, unit);

ALTER TABLE ONLY alarm.vibration_zone
    ADD CONSTRAINT vibration_zone_pkey PRIMARY KEY (id);

ALTER TABLE ONLY alarm.watch
    ADD CONSTRAINT watch_pkey PRIMARY KEY (sensor_id);

ALTER TABLE ONLY api.idempotency
    ADD CONSTRAINT idempotency_pkey PRIMARY KEY (owner, key);

ALTER TABLE ONLY api.member_alias
    ADD CONSTRAINT member_alias_pkey PRIMARY KEY (component, alias);

ALTER TABLE ONLY api.parameter_alias
    ADD CONSTRAINT parameter_alias_pkey PRIMARY KEY (method, path, alias);

ALTER TABLE ONLY api.path_alias
    ADD CONSTRAINT path_alias_pkey PRIMARY KEY (method, alias);

ALTER TABLE ONLY api.response_shape
    ADD CONSTRAINT response_shape_pkey PRIMARY KEY (method, path, name);

ALTER TABLE ONLY api.route
    ADD CONSTRAINT route_pkey PRIMARY KEY (method, path);

ALTER TABLE ONLY api.schema_component
    ADD CONSTRAINT schema_component_pkey PRIMARY KEY (name);

ALTER TABLE ONLY api.sqlstate_fault
    ADD CONSTRAINT sqlstate_fault_pkey PRIMARY KEY (pattern);

ALTER TABLE ONLY api.sqlstate_http
    ADD CONSTRAINT sqlstate_http_pkey PRIMARY KEY (pattern);

ALTER TABLE ONLY auth.account
    ADD CONSTRAINT account_pkey PRIMARY KEY (id);

ALTER TABLE ONLY auth.api_key
    ADD CONSTRAINT api_key_key_hash_key UNIQUE (key_hash);

ALTER TABLE ONLY auth.api_key
    ADD CONSTRAINT api_key_pkey PRIMARY KEY (id);

ALTER TABLE ONLY auth.audit_entry
    ADD CONSTRAINT audit_entry_pkey PRIMARY KEY (id);

ALTER TABLE ONLY auth.device
    ADD CONSTRAINT device_pkey PRIMARY KEY (token_hash);

ALTER TABLE ONLY auth.login_tally
    ADD CONSTRAINT login_tally_pkey PRIMARY KEY (outcome);

ALTER TABLE ONLY auth.login_throttle
    ADD CONSTRAINT login_throttle_pkey PRIMARY KEY (subject);

ALTER TABLE ONLY auth.refresh_token
    ADD CONSTRAINT refresh_token_pkey PRIMARY KEY (token_hash);

ALTER TABLE ONLY auth.role
    ADD CONSTRAINT role_pkey PRIMARY KEY (name);

ALTER TABLE ONLY auth.role
    ADD CONSTRAINT role_rank_key UNIQUE (rank);

ALTER TABLE ONLY auth.session
    ADD CONSTRAINT session_pkey PRIMARY KEY (id);

ALTER TABLE ONLY auth.ws_ticket
    ADD CONSTRAINT ws_ticket_pkey PRIMARY KEY (ticket_hash);

ALTER TABLE ONLY ingest.backlog_message
    ADD CONSTRAINT backlog_message_pkey PRIMARY KEY (id);

ALTER TABLE ONLY ingest.backlog
    ADD CONSTRAINT backlog_pkey PRIMARY KEY ("time", sensor_id);

ALTER TABLE ONLY ingest.binary_type
    ADD CONSTRAINT binary_type_pkey PRIMARY KEY (sensor_type);

ALTER TABLE ONLY ingest.import
    ADD CONSTRAINT import_pkey PRIMARY KEY (id);

ALTER TABLE ONLY ingest.import
    ADD CONSTRAINT import_sha256_mapping_hash_key UNIQUE (sha256, mapping_hash);

ALTER TABLE ONLY ingest.mqtt_session
    ADD CONSTRAINT mqtt_session_client_id_key UNIQUE (client_id);

ALTER TABLE ONLY ingest.mqtt_session
    ADD CONSTRAINT mqtt_session_pkey PRIMARY KEY (instance, lane);

ALTER TABLE ONLY ingest.no_value
    ADD CONSTRAINT no_value_pkey PRIMARY KEY (id);

ALTER TABLE ONLY ingest.no_value_seen
    ADD CONSTRAINT no_value_seen_pkey PRIMARY KEY (sensor_id);

ALTER TABLE ONLY ingest.quarantine
    ADD CONSTRAINT quarantine_pkey PRIMARY KEY (id);

ALTER TABLE ONLY ingest.replaced_value
    ADD CONSTRAINT replaced_value_pkey PRIMARY KEY (sensor_id, "time", value);

ALTER TABLE ONLY ingest.same_time_seen
    ADD CONSTRAINT same_time_seen_pkey PRIMARY KEY (sensor_id);

ALTER TABLE ONLY ingest.topic_decoder
    ADD CONSTRAINT topic_decoder_pkey PRIMARY KEY (id);

ALTER TABLE ONLY ingest.topic_decoder
    ADD CONSTRAINT topic_decoder_topic_filter_key UNIQUE (topic_filter);

ALTER TABLE ONLY ml.backtest
    ADD CONSTRAINT backtest_pkey PRIMARY KEY (id);

ALTER TABLE ONLY ml.backtest_verdict
    ADD CONSTRAINT backtest_verdict_pkey PRIMARY KEY (backtest_id, "time");

ALTER TABLE ONLY ml.bundle_report
    ADD CONSTRAINT bundle_report_pkey PRIMARY KEY (instance, model_id);

ALTER TABLE ONLY ml.challenger_review
    ADD CONSTRAINT challenger_review_pkey PRIMARY KEY (id);

ALTER TABLE ONLY ml.clock
    ADD CONSTRAINT clock_pkey PRIMARY KEY (name);

ALTER TABLE ONLY ml.feature_day
    ADD CONSTRAINT feature_day_pkey PRIMARY KEY (model_id, day, feature);

ALTER TABLE ONLY ml.feature_reference
    ADD CONSTRAINT feature_reference_pkey PRIMARY KEY (model_id, feature);

ALTER TABLE ONLY ml.health_clock
    ADD CONSTRAINT health_clock_pkey PRIMARY KEY (is_only);

ALTER TABLE ONLY ml.health_indicator
    ADD CONSTRAINT health_indicator_pkey PRIMARY KEY (name);

ALTER TABLE ONLY ml.health_ratio_1h
    ADD CONSTRAINT health_ratio_1h_pkey PRIMARY KEY (equipment_id, power, model_version, bucket);

ALTER TABLE ONLY ml.model_alias_history
    ADD CONSTRAINT model_alias_history_pkey PRIMARY KEY (id);

ALTER TABLE ONLY ml.model_alias
    ADD CONSTRAINT model_alias_pkey PRIMARY KEY (equipment_id, power, alias);

ALTER TABLE ONLY ml.power_rule
    ADD CONSTRAINT power_rule_pkey PRIMARY KEY (equipment_id);

ALTER TABLE ONLY ml.promotion_policy
    ADD CONSTRAINT promotion_policy_pkey PRIMARY KEY (equipment_id);

ALTER TABLE ONLY ml.registry_report
    ADD CONSTRAINT registry_report_pkey PRIMARY KEY (instance);

ALTER TABLE ONLY ml.rul_correction
    ADD CONSTRAINT rul_correction_pkey PRIMARY KEY (method, equipment_type, valid_from);

ALTER TABLE ONLY ml.rul_ended
    ADD CONSTRAINT rul_ended_pkey PRIMARY KEY (equipment_id, ended_at);

ALTER TABLE ONLY ml.rul_governor
    ADD CONSTRAINT rul_governor_pkey PRIMARY KEY (equipment_id);

ALTER TABLE ONLY ml.rul_lite_feed
    ADD CONSTRAINT rul_lite_feed_pkey PRIMARY KEY (equipment_id);

ALTER TABLE ONLY ml.rul_lite_state
    ADD CONSTRAINT rul_lite_state_pkey PRIMARY KEY (equipment_id, power);

ALTER TABLE ONLY ml.rul_lite_threshold
    ADD CONSTRAINT rul_lite_threshold_pkey PRIMARY KEY (equipment_id, power);

ALTER TABLE ONLY ml.rul_method
    ADD CONSTRAINT rul_method_pkey PRIMARY KEY (method);

ALTER TABLE ONLY ml.rul_outcome
    ADD CONSTRAINT rul_outcome_pkey PRIMARY KEY (equipment_id, method, power, model_version, "time");

ALTER TABLE ONLY ml.rul_predictions
    ADD CONSTRAINT rul_predictions_pkey PRIMARY KEY (equipment_id, method, power, model_version, "time");

ALTER TABLE ONLY ml.rul_withdrawal
    ADD CONSTRAINT rul_withdrawal_pkey PRIMARY KEY (equipment_id, method);

ALTER TABLE ONLY ml.score_day
    ADD CONSTRAINT score_day_pkey PRIMARY KEY (model_id, stage, modality, day);

ALTER TABLE ONLY ml.serve_ml_models
    ADD CONSTRAINT serve_ml_models_equipment_id_power_model_version_key UNIQUE (equipment_id, power, model_version);

ALTER TABLE ONLY ml.serve_ml_models
    ADD CONSTRAINT serve_ml_models_pkey PRIMARY KEY (id);

ALTER TABLE ONLY ml.serve_ml_predictions
    ADD CONSTRAINT serve_ml_predictions_pkey PRIMARY KEY (equipment_id, power, model_version, stage, "time");

ALTER TABLE ONLY ml.threshold_policy
    ADD CONSTRAINT threshold_policy_pkey PRIMARY KEY (equipment_id, power, bundle_kind);

ALTER TABLE ONLY ml.threshold_version
    ADD CONSTRAINT threshold_version_pkey PRIMARY KEY (id);

ALTER TABLE ONLY ml.threshold_version
    ADD CONSTRAINT threshold_version_version_key UNIQUE (equipment_id, power, bundle_kind, version);

ALTER TABLE ONLY ml.training_job
    ADD CONSTRAINT training_job_pkey PRIMARY KEY (id);

ALTER TABLE ONLY ml.training_kind
    ADD CONSTRAINT training_kind_pkey PRIMARY KEY (kind);

ALTER TABLE ONLY ml.training_kind
    ADD CONSTRAINT training_kind_place_key UNIQUE (place);

ALTER TABLE ONLY ml.training_sample
    ADD CONSTRAINT training_sample_pkey PRIMARY KEY (upload_id, "row");

ALTER TABLE ONLY ml.training_upload
    ADD CONSTRAINT training_upload_job_id_file_key UNIQUE (job_id, file);

ALTER TABLE ONLY ml.training_upload
    ADD CONSTRAINT training_upload_pkey PRIMARY KEY (id);

ALTER TABLE ONLY ml.trend_state
    ADD CONSTRAINT trend_state_pkey PRIMARY KEY (equipment_id, indicator, part);

ALTER TABLE ONLY ml.trend_verdict
    ADD CONSTRAINT trend_verdict_pkey PRIMARY KEY (verdict);

ALTER TABLE ONLY ml.waveform_features
    ADD CONSTRAINT waveform_features_pkey PRIMARY KEY (equipment_id, modality, "time");

ALTER TABLE ONLY ml.window_outcome
    ADD CONSTRAINT window_outcome_pkey PRIMARY KEY (model_id, day, outcome);

ALTER TABLE ONLY ml.window_signal
    ADD CONSTRAINT window_signal_model_id_feature_key UNIQUE (model_id, feature);

ALTER TABLE ONLY ml.window_signal
    ADD CONSTRAINT window_signal_pkey PRIMARY KEY (model_id, place);

ALTER TABLE ONLY ml.window_spec
    ADD CONSTRAINT window_spec_pkey PRIMARY KEY (model_id);

ALTER TABLE ONLY ml.window_state
    ADD CONSTRAINT window_state_pkey PRIMARY KEY (model_id);

ALTER TABLE ONLY ops.ingest_minute
    ADD CONSTRAINT ingest_minute_pkey PRIMARY KEY (minute);

ALTER TABLE ONLY ops.job
    ADD CONSTRAINT job_name_key UNIQUE (name);

ALTER TABLE ONLY ops.job
    ADD CONSTRAINT job_pkey PRIMARY KEY (job_id);

ALTER TABLE ONLY ops.job_run
    ADD CONSTRAINT job_run_pkey PRIMARY KEY (job_run_id);

ALTER TABLE ONLY ops.migration
    ADD CONSTRAINT migration_pkey PRIMARY KEY (kind, name);

ALTER TABLE ONLY ops.mutex
    ADD CONSTRAINT mutex_pkey PRIMARY KEY (name);

ALTER TABLE ONLY ops.process
    ADD CONSTRAINT process_instance_run_id_key UNIQUE (instance, run_id);

ALTER TABLE ONLY ops.process_lane
    ADD CONSTRAINT process_lane_pkey PRIMARY KEY (process_id, lane);

ALTER TABLE ONLY ops.process
    ADD CONSTRAINT process_pkey PRIMARY KEY (id);

ALTER TABLE ONLY ops.process_volume
    ADD CONSTRAINT process_volume_pkey PRIMARY KEY (process_id, path);

ALTER TABLE ONLY ops.setting
    ADD CONSTRAINT setting_pkey PRIMARY KEY (name);

ALTER TABLE ONLY plant.advice_order
    ADD CONSTRAINT advice_order_life_key UNIQUE NULLS NOT DISTINCT (equipment_id, component_id, run_began_at);

ALTER TABLE ONLY plant.advice_order
    ADD CONSTRAINT advice_order_work_order_id_key UNIQUE (work_order_id);

ALTER TABLE ONLY plant.advice
    ADD CONSTRAINT advice_pkey PRIMARY KEY (equipment_id);

ALTER TABLE ONLY plant.component
    ADD CONSTRAINT component_equipment_id_name_key UNIQUE (equipment_id, name);

COMMENT ON CONSTRAINT component_equipment_id_name_key ON plant.component IS 'name: the equipment has a component of this name';

ALTER TABLE ONLY plant.component
    ADD CONSTRAINT component_id_equipment_id_key UNIQUE (id, equipment_id);

ALTER TABLE ONLY plant.component_life
    ADD CONSTRAINT component_life_overlap_excl EXCLUDE USING gist (int8range(component_id, component_id, '[]'::text) WITH &&, tstzrange(installed_at, removed_at) WITH &&);

COMMENT ON CONSTRAINT component_life_overlap_excl ON plant.component_life IS 'installed_at: overlaps with another life of the same component';

ALTER TABLE ONLY plant.component_life
    ADD CONSTRAINT component_life_pkey PRIMARY KEY (id);

ALTER TABLE ONLY plant.component
    ADD CONSTRAINT component_pkey PRIMARY KEY (id);

ALTER TABLE ONLY plant.cost
    ADD CONSTRAINT cost_pkey PRIMARY KEY (id);

ALTER TABLE ONLY plant.cost
    ADD CONSTRAINT cost_scope_key UNIQUE NULLS NOT DISTINCT (equipment_id, equipment_type, component_type);

COMMENT ON CONSTRAINT cost_scope_key ON plant.cost IS 'equipment_id: this machine or type has its costs; change those';

ALTER TABLE ONLY plant.equipment
    ADD CONSTRAINT equipment_pkey PRIMARY KEY (id);

ALTER TABLE ONLY plant.failure
    ADD CONSTRAINT failure_equipment_id_component_id_failed_at_key UNIQUE NULLS NOT DISTINCT (equipment_id, component_id, failed_at);

COMMENT ON CONSTRAINT failure_equipment_id_component_id_failed_at_key ON plant.failure IS 'failed_at: this failure is known already';

ALTER TABLE ONLY plant.failure
    ADD CONSTRAINT failure_id_equipment_id_key UNIQUE (id, equipment_id);

ALTER TABLE ONLY plant.failure
    ADD CONSTRAINT failure_pkey PRIMARY KEY (id);

ALTER TABLE ONLY plant.former_sensor
    ADD CONSTRAINT former_sensor_pkey PRIMARY KEY (sensor_id, until);

ALTER TABLE ONLY plant.known_time_zone
    ADD CONSTRAINT known_time_zone_pkey PRIMARY KEY (name);

ALTER TABLE ONLY plant.maintenance
    ADD CONSTRAINT maintenance_id_equipment_id_key UNIQUE (id, equipment_id);

ALTER TABLE ONLY plant.maintenance
    ADD CONSTRAINT maintenance_pkey PRIMARY KEY (id);

ALTER TABLE ONLY plant.sensor
    ADD CONSTRAINT sensor_equipment_id_name_key UNIQUE (equipment_id, name);

ALTER TABLE ONLY plant.sensor
    ADD CONSTRAINT sensor_pkey PRIMARY KEY (id);

ALTER TABLE ONLY plant.unit
    ADD CONSTRAINT unit_pkey PRIMARY KEY (code);

ALTER TABLE ONLY plant.unit_spelling
    ADD CONSTRAINT unit_spelling_pkey PRIMARY KEY (spelling, code);

ALTER TABLE ONLY plant.work_order
    ADD CONSTRAINT work_order_maintenance_id_key UNIQUE (maintenance_id);

COMMENT ON CONSTRAINT work_order_maintenance_id_key ON plant.work_order IS 'maintenance_id: belongs to another work order';

ALTER TABLE ONLY plant.work_order
    ADD CONSTRAINT work_order_pkey PRIMARY KEY (id);

ALTER TABLE ONLY relay.channel_kind
    ADD CONSTRAINT channel_kind_pkey PRIMARY KEY (kind);

ALTER TABLE ONLY relay.channel
    ADD CONSTRAINT channel_name_key UNIQUE (name);

ALTER TABLE ONLY relay.channel
    ADD CONSTRAINT channel_pkey PRIMARY KEY (id);

ALTER TABLE ONLY relay.channel_state
    ADD CONSTRAINT channel_state_pkey PRIMARY KEY (channel_id);

ALTER TABLE ONLY relay.delivery
    ADD CONSTRAINT delivery_pkey PRIMARY KEY (id);

ALTER TABLE ONLY relay.delivery
    ADD CONSTRAINT delivery_seq_channel_id_key UNIQUE (seq, channel_id);

ALTER TABLE ONLY relay.former_text
    ADD CONSTRAINT former_text_pkey PRIMARY KEY (source, key, language, until);

ALTER TABLE ONLY relay.language
    ADD CONSTRAINT language_pkey PRIMARY KEY (code);

ALTER TABLE ONLY relay.notification
    ADD CONSTRAINT notification_pkey PRIMARY KEY (seq);

ALTER TABLE ONLY relay.phrase
    ADD CONSTRAINT phrase_pkey PRIMARY KEY (key, language);

ALTER TABLE ONLY relay.route
    ADD CONSTRAINT route_name_key UNIQUE (name);

ALTER TABLE ONLY relay.route
    ADD CONSTRAINT route_pkey PRIMARY KEY (id);

ALTER TABLE ONLY relay.sequence
    ADD CONSTRAINT sequence_pkey PRIMARY KEY (singleton);

ALTER TABLE ONLY relay.variable
    ADD CONSTRAINT variable_pkey PRIMARY KEY (name);

ALTER TABLE ONLY report.definition
    ADD CONSTRAINT definition_pkey PRIMARY KEY (name);

ALTER TABLE ONLY report.definition
    ADD CONSTRAINT definition_place_key UNIQUE (place);

ALTER TABLE ONLY report.run
    ADD CONSTRAINT run_pkey PRIMARY KEY (schedule_id, due_at);

ALTER TABLE ONLY report.schedule
    ADD CONSTRAINT schedule_name_key UNIQUE (name);

ALTER TABLE ONLY report.schedule
    ADD CONSTRAINT schedule_pkey PRIMARY KEY (id);

ALTER TABLE ONLY report.section
    ADD CONSTRAINT section_pkey PRIMARY KEY (report, place);

ALTER TABLE ONLY rollup.calendar
    ADD CONSTRAINT calendar_pkey PRIMARY KEY (bucket);

ALTER TABLE ONLY rollup.day
    ADD CONSTRAINT day_pkey PRIMARY KEY (sensor_id, bucket);

ALTER TABLE ONLY rollup.day_state
    ADD CONSTRAINT day_state_pkey PRIMARY KEY (is_only);

ALTER TABLE ONLY rollup.finished_chunk
    ADD CONSTRAINT finished_chunk_pkey PRIMARY KEY (relation, chunk);

ALTER TABLE ONLY rollup.machine_15m
    ADD CONSTRAINT machine_15m_pkey PRIMARY KEY (equipment_id, bucket);

ALTER TABLE ONLY rollup.sketch_1h
    ADD CONSTRAINT sketch_1h_pkey PRIMARY KEY (sensor_id, bucket);

ALTER TABLE ONLY rollup.state_kind
    ADD CONSTRAINT state_kind_pkey PRIMARY KEY (state);

ALTER TABLE ONLY telemetry.clock_event
    ADD CONSTRAINT clock_event_pkey PRIMARY KEY (id);

ALTER TABLE ONLY telemetry.clock
    ADD CONSTRAINT clock_pkey PRIMARY KEY (equipment_id);

ALTER TABLE ONLY telemetry.history_lane
    ADD CONSTRAINT history_lane_pkey PRIMARY KEY (is_only);

ALTER TABLE ONLY telemetry.late_run
    ADD CONSTRAINT late_run_pkey PRIMARY KEY (sensor_id);

ALTER TABLE ONLY telemetry.latest
    ADD CONSTRAINT latest_pkey PRIMARY KEY (sensor_id);

ALTER TABLE ONLY telemetry.reading
    ADD CONSTRAINT reading_pkey PRIMARY KEY (sensor_id, "time");

CREATE INDEX alarm_active_idx ON alarm.alarm USING btree (raised_at DESC, id DESC) WHERE (cleared_at IS NULL);

CREATE INDEX alarm_equipment_id_raised_at_idx ON alarm.alarm USING btree (equipment_id, raised_at DESC);

CREATE UNIQUE INDEX alarm_open_code_key ON alarm.alarm USING btree (code, equipment_id) NULLS NOT DISTINCT WHERE ((cleared_at IS NULL) AND (signal_id IS NULL));

CREATE INDEX alarm_open_idx ON alarm.alarm USING btree (rule_id, id) WHERE (cleared_at IS NULL);

CREATE UNIQUE INDEX alarm_open_signal_key ON alarm.alarm USING btree (signal_id) WHERE ((cleared_at IS NULL) AND (signal_id IS NOT NULL));

CREATE INDEX alarm_raised_at_idx ON alarm.alarm USING btree (raised_at DESC, id DESC);

CREATE INDEX alarm_untold_idx ON alarm.alarm USING btree (id) WHERE ((cleared_at IS NULL) AND (NOT told));

CREATE INDEX checkpoint_created_at_idx ON alarm.checkpoint USING btree (created_at);

CREATE INDEX derived_source_signal_id_idx ON alarm.derived_source USING btree (signal_id);

CREATE INDEX feedback_equipment_id_idx ON alarm.feedback USING btree (equipment_id, raised_at);

CREATE UNIQUE INDEX hold_open_key ON alarm.hold USING btree (signal_id, code, equipment_id, (
CASE kind
    WHEN 'one_shot'::text THEN 'timed'::text
    ELSE kind
END)) NULLS NOT DISTINCT WHERE (ended_at IS NULL);

CREATE INDEX hold_until_idx ON alarm.hold USING btree (until) WHERE (ended_at IS NULL);

CREATE INDEX known_fault_equipment_id_starts_at_idx ON alarm.known_fault USING btree (equipment_id, starts_at);

CREATE INDEX multivariate_clock_summed_to_idx ON alarm.multivariate_clock USING btree (summed_to);

CREATE INDEX multivariate_hour_bucket_idx ON alarm.multivariate_hour USING btree (bucket);

CREATE INDEX multivariate_reset_equipment_id_idx ON alarm.multivariate_reset USING btree (equipment_id, since DESC);

CREATE INDEX operating_state_equipment_id_sensor_idx ON alarm.operating_state USING btree (equipment_id, sensor);

CREATE INDEX rule_family_idx ON alarm.rule USING btree (family) WHERE (family IS NOT NULL);

CREATE INDEX rule_parent_rule_idx ON alarm.rule USING btree (parent_rule) WHERE (parent_rule IS NOT NULL);

CREATE INDEX signal_bundle_idx ON alarm.signal USING btree (equipment_id) WHERE (sensor_id IS NULL);

CREATE INDEX signal_equipment_id_idx ON alarm.signal USING btree (equipment_id);

CREATE INDEX signal_fresh_idx ON alarm.signal USING btree (id) WHERE fresh;

CREATE INDEX signal_sensor_id_idx ON alarm.signal USING btree (sensor_id) WHERE (assigned AND live);

CREATE INDEX signal_unassigned_idx ON alarm.signal USING btree (id) WHERE (NOT assigned);

CREATE INDEX signal_verdict_idx ON alarm.signal USING btree (equipment_id) WHERE ((condition = 'model_verdict'::text) AND assigned);

CREATE INDEX state_next_due_idx ON alarm.state USING btree (next_due) WHERE (next_due IS NOT NULL);

CREATE INDEX state_sensor_id_idx ON alarm.state USING btree (sensor_id) WHERE (NOT idle);

CREATE INDEX told_channel_id_idx ON alarm.told USING btree (channel_id);

CREATE INDEX transition_alarm_id_idx ON alarm.transition USING btree (alarm_id, id);

CREATE INDEX transition_occurred_at_idx ON alarm.transition USING brin (occurred_at);

CREATE INDEX idempotency_created_at_idx ON api.idempotency USING btree (created_at);

CREATE UNIQUE INDEX response_shape_default_idx ON api.response_shape USING btree (method, path) WHERE is_default;

CREATE INDEX account_created_at_idx ON auth.account USING btree (created_at);

CREATE UNIQUE INDEX account_email_key ON auth.account USING btree (lower(email));

CREATE UNIQUE INDEX account_username_key ON auth.account USING btree (lower(username));

CREATE INDEX api_key_account_id_idx ON auth.api_key USING btree (account_id);

CREATE INDEX api_key_parent_id_idx ON auth.api_key USING btree (parent_id);

CREATE INDEX audit_entry_account_id_idx ON auth.audit_entry USING btree (account_id, id);

CREATE INDEX audit_entry_object_idx ON auth.audit_entry USING btree (object_type, object_id, id);

CREATE INDEX audit_entry_occurred_at_idx ON auth.audit_entry USING btree (occurred_at, id);

CREATE INDEX device_account_id_idx ON auth.device USING btree (account_id, last_used_at);

CREATE INDEX device_last_used_at_idx ON auth.device USING btree (last_used_at);

CREATE INDEX login_throttle_account_id_idx ON auth.login_throttle USING btree (account_id);

CREATE INDEX login_throttle_last_failed_at_idx ON auth.login_throttle USING btree (last_failed_at);

CREATE INDEX refresh_token_session_id_idx ON auth.refresh_token USING btree (session_id);

CREATE INDEX session_account_id_idx ON auth.session USING btree (account_id) WHERE (revoked_at IS NULL);

CREATE INDEX session_account_id_network_idx ON auth.session USING btree (account_id, network);

CREATE UNIQUE INDEX session_cookie_hash_key ON auth.session USING btree (cookie_hash);

CREATE INDEX session_expires_at_idx ON auth.session USING btree (expires_at);

CREATE INDEX ws_ticket_expires_at_idx ON auth.ws_ticket USING btree (expires_at);

CREATE INDEX no_value_sensor_id_idx ON ingest.no_value USING btree (sensor_id);

CREATE INDEX quarantine_new_idx ON ingest.quarantine USING btree (received_at) WHERE (status = 'new'::text);

CREATE INDEX quarantine_topic_hash_idx ON ingest.quarantine USING btree (hashtextextended(topic, (0)::bigint), received_at);

CREATE INDEX replaced_value_replaced_at_idx ON ingest.replaced_value USING btree (replaced_at);

CREATE INDEX backtest_equipment_id_power_idx ON ml.backtest USING btree (equipment_id, power, model_version, id);

CREATE INDEX bundle_report_model_id_idx ON ml.bundle_report USING btree (model_id);

CREATE INDEX challenger_review_equipment_id_power_idx ON ml.challenger_review USING btree (equipment_id, power, id);

CREATE INDEX health_indicator_equipment_id_idx ON ml.health_indicator USING btree (equipment_id);

CREATE INDEX health_ratio_1h_bucket_idx ON ml.health_ratio_1h USING btree (bucket);

CREATE INDEX model_alias_history_equipment_id_power_idx ON ml.model_alias_history USING btree (equipment_id, power, id);

CREATE UNIQUE INDEX model_alias_history_undoes_key ON ml.model_alias_history USING btree (undoes) WHERE (undoes IS NOT NULL);

CREATE INDEX rul_ended_ended_at_idx ON ml.rul_ended USING btree (ended_at);

CREATE INDEX rul_governor_method_idx ON ml.rul_governor USING btree (method);

CREATE INDEX rul_outcome_equipment_id_ended_at_idx ON ml.rul_outcome USING btree (equipment_id, ended_at);

CREATE INDEX rul_outcome_method_idx ON ml.rul_outcome USING btree (method);

CREATE INDEX rul_predictions_equipment_id_method_time_idx ON ml.rul_predictions USING btree (equipment_id, method, "time" DESC);

CREATE INDEX rul_predictions_time_idx ON ml.rul_predictions USING brin ("time");

CREATE INDEX rul_withdrawal_method_idx ON ml.rul_withdrawal USING btree (method);

CREATE INDEX serve_ml_predictions_anomaly_idx ON ml.serve_ml_predictions USING btree (equipment_id, "time" DESC) WHERE is_anomaly;

CREATE INDEX serve_ml_predictions_received_at_idx ON ml.serve_ml_predictions USING brin (received_at);

CREATE INDEX serve_ml_predictions_time_idx ON ml.serve_ml_predictions USING brin ("time");

CREATE INDEX serve_ml_predictions_value_idx ON ml.serve_ml_predictions USING btree (equipment_id, "time" DESC) WHERE (value IS NOT NULL);

CREATE UNIQUE INDEX threshold_version_undoes_key ON ml.threshold_version USING btree (undoes) WHERE (undoes IS NOT NULL);

CREATE INDEX training_job_bundle_idx ON ml.training_job USING btree (bundle) WHERE (placed_at IS NULL);

CREATE INDEX training_job_kind_idx ON ml.training_job USING btree (kind);

CREATE INDEX training_job_open_idx ON ml.training_job USING btree (id) WHERE (state = ANY (ARRAY['receiving'::text, 'queued'::text, 'running'::text]));

CREATE INDEX trend_state_indicator_idx ON ml.trend_state USING btree (indicator);

CREATE INDEX trend_state_verdict_idx ON ml.trend_state USING btree (verdict);

CREATE INDEX waveform_features_waiting_idx ON ml.waveform_features USING btree (received_at) WHERE (outcome = 'waiting'::text);

CREATE INDEX window_outcome_day_idx ON ml.window_outcome USING btree (day);

CREATE INDEX window_state_next_due_idx ON ml.window_state USING btree (next_due);

CREATE INDEX job_next_start_idx ON ops.job USING btree (next_start) WHERE enabled;

CREATE INDEX job_run_job_id_started_at_idx ON ops.job_run USING btree (job_id, started_at DESC);

CREATE INDEX job_run_started_at_idx ON ops.job_run USING btree (started_at);

CREATE INDEX advice_component_id_idx ON plant.advice USING btree (component_id);

CREATE INDEX component_life_component_id_installed_at_idx ON plant.component_life USING btree (component_id, installed_at);

CREATE INDEX component_type_idx ON plant.component USING btree (type);

CREATE INDEX equipment_location_idx ON plant.equipment USING btree (location);

CREATE INDEX equipment_tags_idx ON plant.equipment USING gin (tags);

CREATE INDEX equipment_type_idx ON plant.equipment USING btree (type);

CREATE INDEX failure_component_id_idx ON plant.failure USING btree (component_id);

CREATE INDEX failure_failed_at_idx ON plant.failure USING btree (failed_at);

CREATE INDEX maintenance_equipment_id_starts_at_idx ON plant.maintenance USING btree (equipment_id, starts_at);

CREATE INDEX sensor_type_idx ON plant.sensor USING btree (type);

CREATE INDEX unit_spelling_code_idx ON plant.unit_spelling USING btree (code);

CREATE INDEX unit_spelling_folded_idx ON plant.unit_spelling USING btree (lower(key));

CREATE INDEX work_order_component_id_idx ON plant.work_order USING btree (component_id);

CREATE INDEX work_order_equipment_id_idx ON plant.work_order USING btree (equipment_id);

CREATE INDEX work_order_failure_id_idx ON plant.work_order USING btree (failure_id);

CREATE INDEX delivery_channel_id_idx ON relay.delivery USING btree (channel_id, id);

CREATE INDEX delivery_claimed_idx ON relay.delivery USING btree (claimed_until) WHERE (status = 'sending'::text);

CREATE INDEX delivery_dead_idx ON relay.delivery USING btree (channel_id) WHERE (status = 'dead'::text);

CREATE INDEX delivery_due_idx ON relay.delivery USING btree (next_attempt_at, seq) WHERE (status = 'pending'::text);

CREATE INDEX delivery_folded_into_idx ON relay.delivery USING btree (folded_into) WHERE (folded_into IS NOT NULL);

CREATE INDEX delivery_subject_idx ON relay.delivery USING btree (channel_id, subject, id) WHERE (status = ANY (ARRAY['pending'::text, 'sending'::text]));

CREATE UNIQUE INDEX language_default_key ON relay.language USING btree (is_default) WHERE is_default;

CREATE INDEX notification_created_at_idx ON relay.notification USING brin (created_at);

CREATE INDEX notification_equipment_id_seq_idx ON relay.notification USING btree (equipment_id, seq);

CREATE INDEX route_channel_id_idx ON relay.route USING btree (channel_id);

CREATE INDEX run_decided_at_idx ON report.run USING btree (decided_at);

CREATE INDEX schedule_channel_id_idx ON report.schedule USING btree (channel_id);

CREATE INDEX schedule_equipment_id_idx ON report.schedule USING btree (equipment_id) WHERE (equipment_id IS NOT NULL);

CREATE INDEX schedule_report_idx ON report.schedule USING btree (report);

CREATE INDEX day_bucket_idx ON rollup.day USING btree (bucket);

CREATE INDEX machine_15m_bucket_idx ON rollup.machine_15m USING btree (bucket);

CREATE INDEX machine_15m_off_idx ON rollup.machine_15m USING btree (bucket) WHERE ((idle + stopped) > 0);

CREATE INDEX reading_time_idx ON telemetry.reading USING brin ("time") WITH (autosummarize='on', pages_per_range='32');

ALTER TABLE ONLY alarm.baseline
    ADD CONSTRAINT baseline_sensor_id_fkey FOREIGN KEY (sensor_id) REFERENCES plant.sensor(id) ON DELETE CASCADE;

ALTER TABLE ONLY alarm.condition_parameter
    ADD CONSTRAINT condition_parameter_condition_fkey FOREIGN KEY (condition) REFERENCES alarm.condition(name) ON UPDATE CASCADE ON DELETE CASCADE;

ALTER TABLE ONLY alarm.known_fault
    ADD CONSTRAINT known_fault_equipment_id_fkey FOREIGN KEY (equipment_id) REFERENCES plant.equipment(id) ON UPDATE CASCADE ON DELETE CASCADE;

ALTER TABLE ONLY alarm.message_template
    ADD CONSTRAINT message_template_language_fkey FOREIGN KEY (language) REFERENCES relay.language(code) ON UPDATE CASCADE ON DELETE CASCADE;

ALTER TABLE ONLY alarm.multivariate_clock
    ADD CONSTRAINT multivariate_clock_equipment_id_fkey FOREIGN KEY (equipment_id) REFERENCES plant.equipment(id) ON UPDATE CASCADE ON DELETE CASCADE;

ALTER TABLE ONLY alarm.multivariate_exclusion
    ADD CONSTRAINT multivariate_exclusion_sensor_id_fkey FOREIGN KEY (sensor_id) REFERENCES plant.sensor(id) ON DELETE CASCADE;

ALTER TABLE ONLY alarm.multivariate_hour
    ADD CONSTRAINT multivariate_hour_equipment_id_fkey FOREIGN KEY (equipment_id) REFERENCES plant.equipment(id) ON UPDATE CASCADE ON DELETE CASCADE;

ALTER TABLE ONLY alarm.multivariate_model
    ADD CONSTRAINT multivariate_model_equipment_id_fkey FOREIGN KEY (equipment_id) REFERENCES plant.equipment(id) ON UPDATE CASCADE ON DELETE CASCADE;

ALTER TABLE ONLY alarm.multivariate_reset
    ADD CONSTRAINT multivariate_reset_equipment_id_fkey FOREIGN KEY (equipment_id) REFERENCES plant.equipment(id) ON UPDATE CASCADE ON DELETE CASCADE;

ALTER TABLE ONLY alarm.operating_state
    ADD CONSTRAINT operating_state_equipment_id_sensor_fkey FOREIGN KEY (equipment_id, sensor) REFERENCES plant.sensor(equipment_id, name) ON UPDATE CASCADE ON DELETE CASCADE;

ALTER TABLE ONLY alarm.rule
    ADD CONSTRAINT rule_condition_fkey FOREIGN KEY (condition) REFERENCES alarm.condition(name) ON UPDATE CASCADE;

ALTER TABLE ONLY alarm.rule
    ADD CONSTRAINT rule_escalate_to_fkey FOREIGN KEY (escalate_to) REFERENCES alarm.severity(name) ON UPDATE CASCADE;

ALTER TABLE ONLY alarm.rule
    ADD CONSTRAINT rule_parent_rule_fkey FOREIGN KEY (parent_rule) REFERENCES alarm.rule(id) ON DELETE SET NULL;

ALTER TABLE ONLY alarm.rule
    ADD CONSTRAINT rule_severity_fkey FOREIGN KEY (severity) REFERENCES alarm.severity(name) ON UPDATE CASCADE;

ALTER TABLE ONLY alarm.rule
    ADD CONSTRAINT rule_severity_high_fkey FOREIGN KEY (severity_high) REFERENCES alarm.severity(name) ON UPDATE CASCADE;

ALTER TABLE ONLY alarm.rule
    ADD CONSTRAINT rule_severity_high_high_fkey FOREIGN KEY (severity_high_high) REFERENCES alarm.severity(name) ON UPDATE CASCADE;

ALTER TABLE ONLY alarm.rule
    ADD CONSTRAINT rule_severity_low_fkey FOREIGN KEY (severity_low) REFERENCES alarm.severity(name) ON UPDATE CASCADE;

ALTER TABLE ONLY alarm.rule
    ADD CONSTRAINT rule_severity_low_low_fkey FOREIGN KEY (severity_low_low) REFERENCES alarm.severity(name) ON UPDATE CASCADE;

ALTER TABLE ONLY alarm.rule_test
    ADD CONSTRAINT rule_test_rule_id_fkey FOREIGN KEY (rule_id) REFERENCES alarm.rule(id) ON DELETE CASCADE;

ALTER TABLE ONLY alarm.rule_test
    ADD CONSTRAINT rule_test_sensor_id_fkey FOREIGN KEY (sensor_id) REFERENCES plant.sensor(id) ON DELETE CASCADE;

ALTER TABLE ONLY alarm.system_condition
    ADD CONSTRAINT system_condition_severity_fkey FOREIGN KEY (severity) REFERENCES alarm.severity(name) ON UPDATE CASCADE;

ALTER TABLE ONLY alarm.system_condition
    ADD CONSTRAINT system_condition_severity_high_high_fkey FOREIGN KEY (severity_high_high) REFERENCES alarm.severity(name) ON UPDATE CASCADE;

ALTER TABLE ONLY alarm.told
    ADD CONSTRAINT told_channel_id_fkey FOREIGN KEY (channel_id) REFERENCES relay.channel(id) ON DELETE CASCADE;

ALTER TABLE ONLY alarm.told
    ADD CONSTRAINT told_severity_fkey FOREIGN KEY (severity) REFERENCES alarm.severity(name) ON UPDATE CASCADE ON DELETE SET NULL;

ALTER TABLE ONLY api.route
    ADD CONSTRAINT route_minimum_role_fkey FOREIGN KEY (minimum_role) REFERENCES auth.role(name);

ALTER TABLE ONLY auth.account
    ADD CONSTRAINT account_role_fkey FOREIGN KEY (role) REFERENCES auth.role(name);

ALTER TABLE ONLY auth.api_key
    ADD CONSTRAINT api_key_account_id_fkey FOREIGN KEY (account_id) REFERENCES auth.account(id) ON DELETE CASCADE;

ALTER TABLE ONLY auth.api_key
    ADD CONSTRAINT api_key_parent_id_fkey FOREIGN KEY (parent_id) REFERENCES auth.api_key(id) ON DELETE CASCADE;

ALTER TABLE ONLY auth.api_key
    ADD CONSTRAINT api_key_role_fkey FOREIGN KEY (role) REFERENCES auth.role(name);

ALTER TABLE ONLY auth.device
    ADD CONSTRAINT device_account_id_fkey FOREIGN KEY (account_id) REFERENCES auth.account(id) ON DELETE CASCADE;

ALTER TABLE ONLY auth.login_throttle
    ADD CONSTRAINT login_throttle_account_id_fkey FOREIGN KEY (account_id) REFERENCES auth.account(id) ON DELETE CASCADE;

ALTER TABLE ONLY auth.refresh_token
    ADD CONSTRAINT refresh_token_session_id_fkey FOREIGN KEY (session_id) REFERENCES auth.session(id) ON DELETE CASCADE;

ALTER TABLE ONLY auth.session
    ADD CONSTRAINT session_account_id_fkey FOREIGN KEY (account_id) REFERENCES auth.account(id) ON DELETE CASCADE;

ALTER TABLE ONLY auth.ws_ticket
    ADD CONSTRAINT ws_ticket_account_id_fkey FOREIGN KEY (account_id) REFERENCES auth.account(id) ON DELETE CASCADE;

ALTER TABLE ONLY auth.ws_ticket
    ADD CONSTRAINT ws_ticket_api_key_id_fkey FOREIGN KEY (api_key_id) REFERENCES auth.api_key(id) ON DELETE CASCADE;

ALTER TABLE ONLY auth.ws_ticket
    ADD CONSTRAINT ws_ticket_session_id_fkey FOREIGN KEY (session_id) REFERENCES auth.session(id) ON DELETE CASCADE;

ALTER TABLE ONLY ingest.no_value_seen
    ADD CONSTRAINT no_value_seen_sensor_id_fkey FOREIGN KEY (sensor_id) REFERENCES plant.sensor(id) ON DELETE CASCADE;

ALTER TABLE ONLY ingest.no_value
    ADD CONSTRAINT no_value_sensor_id_fkey FOREIGN KEY (sensor_id) REFERENCES plant.sensor(id) ON DELETE CASCADE;

ALTER TABLE ONLY ingest.replaced_value
    ADD CONSTRAINT replaced_value_sensor_id_fkey FOREIGN KEY (sensor_id) REFERENCES plant.sensor(id) ON DELETE CASCADE;

ALTER TABLE ONLY ingest.same_time_seen
    ADD CONSTRAINT same_time_seen_sensor_id_fkey FOREIGN KEY (sensor_id) REFERENCES plant.sensor(id) ON DELETE CASCADE;

ALTER TABLE ONLY ml.backtest_verdict
    ADD CONSTRAINT backtest_verdict_backtest_id_fkey FOREIGN KEY (backtest_id) REFERENCES ml.backtest(id) ON DELETE CASCADE;

ALTER TABLE ONLY ml.bundle_report
    ADD CONSTRAINT bundle_report_instance_fkey FOREIGN KEY (instance) REFERENCES ml.registry_report(instance) ON DELETE CASCADE;

ALTER TABLE ONLY ml.bundle_report
    ADD CONSTRAINT bundle_report_model_id_fkey FOREIGN KEY (model_id) REFERENCES ml.serve_ml_models(id) ON DELETE CASCADE;

ALTER TABLE ONLY ml.feature_day
    ADD CONSTRAINT feature_day_model_id_fkey FOREIGN KEY (model_id) REFERENCES ml.serve_ml_models(id) ON DELETE CASCADE;

ALTER TABLE ONLY ml.feature_reference
    ADD CONSTRAINT feature_reference_model_id_fkey FOREIGN KEY (model_id) REFERENCES ml.serve_ml_models(id) ON DELETE CASCADE;

ALTER TABLE ONLY ml.health_indicator
    ADD CONSTRAINT health_indicator_equipment_id_fkey FOREIGN KEY (equipment_id) REFERENCES plant.equipment(id) ON UPDATE CASCADE ON DELETE CASCADE;

ALTER TABLE ONLY ml.model_alias
    ADD CONSTRAINT model_alias_equipment_id_power_model_version_fkey FOREIGN KEY (equipment_id, power, model_version) REFERENCES ml.serve_ml_models(equipment_id, power, model_version);

ALTER TABLE ONLY ml.model_alias_history
    ADD CONSTRAINT model_alias_history_undoes_fkey FOREIGN KEY (undoes) REFERENCES ml.model_alias_history(id);

ALTER TABLE ONLY ml.rul_correction
    ADD CONSTRAINT rul_correction_method_fkey FOREIGN KEY (method) REFERENCES ml.rul_method(method);

ALTER TABLE ONLY ml.rul_ended
    ADD CONSTRAINT rul_ended_equipment_id_fkey FOREIGN KEY (equipment_id) REFERENCES plant.equipment(id) ON UPDATE CASCADE ON DELETE CASCADE;

ALTER TABLE ONLY ml.rul_governor
    ADD CONSTRAINT rul_governor_equipment_id_fkey FOREIGN KEY (equipment_id) REFERENCES plant.equipment(id) ON UPDATE CASCADE ON DELETE CASCADE;

ALTER TABLE ONLY ml.rul_governor
    ADD CONSTRAINT rul_governor_method_fkey FOREIGN KEY (method) REFERENCES ml.rul_method(method);

ALTER TABLE ONLY ml.rul_lite_feed
    ADD CONSTRAINT rul_lite_feed_equipment_id_fkey FOREIGN KEY (equipment_id) REFERENCES plant.equipment(id) ON UPDATE CASCADE ON DELETE CASCADE;

ALTER TABLE ONLY ml.rul_lite_state
    ADD CONSTRAINT rul_lite_state_equipment_id_fkey FOREIGN KEY (equipment_id) REFERENCES plant.equipment(id) ON UPDATE CASCADE ON DELETE CASCADE;

ALTER TABLE ONLY ml.rul_outcome
    ADD CONSTRAINT rul_outcome_equipment_id_ended_at_fkey FOREIGN KEY (equipment_id, ended_at) REFERENCES ml.rul_ended(equipment_id, ended_at) ON UPDATE CASCADE ON DELETE CASCADE;

ALTER TABLE ONLY ml.rul_outcome
    ADD CONSTRAINT rul_outcome_method_fkey FOREIGN KEY (method) REFERENCES ml.rul_method(method);

ALTER TABLE ONLY ml.rul_predictions
    ADD CONSTRAINT rul_predictions_method_fkey FOREIGN KEY (method) REFERENCES ml.rul_method(method);

ALTER TABLE ONLY ml.rul_withdrawal
    ADD CONSTRAINT rul_withdrawal_equipment_id_fkey FOREIGN KEY (equipment_id) REFERENCES plant.equipment(id) ON UPDATE CASCADE ON DELETE CASCADE;

ALTER TABLE ONLY ml.rul_withdrawal
    ADD CONSTRAINT rul_withdrawal_method_fkey FOREIGN KEY (method) REFERENCES ml.rul_method(method);

ALTER TABLE ONLY ml.score_day
    ADD CONSTRAINT score_day_model_id_fkey FOREIGN KEY (model_id) REFERENCES ml.serve_ml_models(id) ON DELETE CASCADE;

ALTER TABLE ONLY ml.threshold_version
    ADD CONSTRAINT threshold_version_undoes_fkey FOREIGN KEY (undoes) REFERENCES ml.threshold_version(id);

ALTER TABLE ONLY ml.training_job
    ADD CONSTRAINT training_job_kind_fkey FOREIGN KEY (kind) REFERENCES ml.training_kind(kind);

ALTER TABLE ONLY ml.training_sample
    ADD CONSTRAINT training_sample_upload_id_fkey FOREIGN KEY (upload_id) REFERENCES ml.training_upload(id) ON DELETE CASCADE;

ALTER TABLE ONLY ml.training_upload
    ADD CONSTRAINT training_upload_job_id_fkey FOREIGN KEY (job_id) REFERENCES ml.training_job(id) ON DELETE CASCADE;

ALTER TABLE ONLY ml.trend_state
    ADD CONSTRAINT trend_state_equipment_id_fkey FOREIGN KEY (equipment_id) REFERENCES plant.equipment(id) ON UPDATE CASCADE ON DELETE CASCADE;

ALTER TABLE ONLY ml.trend_state
    ADD CONSTRAINT trend_state_indicator_fkey FOREIGN KEY (indicator) REFERENCES ml.health_indicator(name) ON UPDATE CASCADE ON DELETE CASCADE;

ALTER TABLE ONLY ml.trend_state
    ADD CONSTRAINT trend_state_verdict_fkey FOREIGN KEY (verdict) REFERENCES ml.trend_verdict(verdict);

ALTER TABLE ONLY ml.window_outcome
    ADD CONSTRAINT window_outcome_model_id_fkey FOREIGN KEY (model_id) REFERENCES ml.serve_ml_models(id) ON DELETE CASCADE;

ALTER TABLE ONLY ml.window_signal
    ADD CONSTRAINT window_signal_model_id_fkey FOREIGN KEY (model_id) REFERENCES ml.window_spec(model_id) ON DELETE CASCADE;

ALTER TABLE ONLY ml.window_spec
    ADD CONSTRAINT window_spec_model_id_fkey FOREIGN KEY (model_id) REFERENCES ml.serve_ml_models(id) ON DELETE CASCADE;

ALTER TABLE ONLY ml.window_state
    ADD CONSTRAINT window_state_model_id_fkey FOREIGN KEY (model_id) REFERENCES ml.window_spec(model_id) ON DELETE CASCADE;

ALTER TABLE ONLY ops.job_run
    ADD CONSTRAINT job_run_job_id_fkey FOREIGN KEY (job_id) REFERENCES ops.job(job_id) ON DELETE CASCADE;

ALTER TABLE ONLY ops.process_lane
    ADD CONSTRAINT process_lane_process_id_fkey FOREIGN KEY (process_id) REFERENCES ops.process(id) ON DELETE CASCADE;

ALTER TABLE ONLY ops.process_volume
    ADD CONSTRAINT process_volume_process_id_fkey FOREIGN KEY (process_id) REFERENCES ops.process(id) ON DELETE CASCADE;

ALTER TABLE ONLY plant.advice
    ADD CONSTRAINT advice_equipment_id_fkey FOREIGN KEY (equipment_id) REFERENCES plant.equipment(id) ON UPDATE CASCADE ON DELETE CASCADE;

ALTER TABLE ONLY plant.advice_order
    ADD CONSTRAINT advice_order_equipment_id_fkey FOREIGN KEY (equipment_id) REFERENCES plant.equipment(id) ON UPDATE CASCADE ON DELETE CASCADE;

ALTER TABLE ONLY plant.advice_order
    ADD CONSTRAINT advice_order_work_order_id_fkey FOREIGN KEY (work_order_id) REFERENCES plant.work_order(id) ON DELETE CASCADE;

ALTER TABLE ONLY plant.component
    ADD CONSTRAINT component_equipment_id_fkey FOREIGN KEY (equipment_id) REFERENCES plant.equipment(id) ON UPDATE CASCADE ON DELETE RESTRICT;

COMMENT ON CONSTRAINT component_equipment_id_fkey ON plant.component IS 'equipment_id: there is no such equipment';

ALTER TABLE ONLY plant.component_life
    ADD CONSTRAINT component_life_component_id_fkey FOREIGN KEY (component_id) REFERENCES plant.component(id) ON DELETE RESTRICT;

COMMENT ON CONSTRAINT component_life_component_id_fkey ON plant.component_life IS 'component_id: there is no such component';

ALTER TABLE ONLY plant.cost
    ADD CONSTRAINT cost_equipment_id_fkey FOREIGN KEY (equipment_id) REFERENCES plant.equipment(id) ON UPDATE CASCADE ON DELETE CASCADE;

COMMENT ON CONSTRAINT cost_equipment_id_fkey ON plant.cost IS 'equipment_id: there is no such equipment';

ALTER TABLE ONLY plant.failure
    ADD CONSTRAINT failure_component_id_fkey FOREIGN KEY (component_id, equipment_id) REFERENCES plant.component(id, equipment_id) ON UPDATE CASCADE ON DELETE RESTRICT;

COMMENT ON CONSTRAINT failure_component_id_fkey ON plant.failure IS 'component_id: the equipment has no such component';

ALTER TABLE ONLY plant.failure
    ADD CONSTRAINT failure_equipment_id_fkey FOREIGN KEY (equipment_id) REFERENCES plant.equipment(id) ON UPDATE CASCADE ON DELETE RESTRICT;

COMMENT ON CONSTRAINT failure_equipment_id_fkey ON plant.failure IS 'equipment_id: there is no such equipment';

ALTER TABLE ONLY plant.maintenance
    ADD CONSTRAINT maintenance_equipment_id_fkey FOREIGN KEY (equipment_id) REFERENCES plant.equipment(id) ON UPDATE CASCADE ON DELETE CASCADE;

ALTER TABLE ONLY plant.sensor
    ADD CONSTRAINT sensor_equipment_id_fkey FOREIGN KEY (equipment_id) REFERENCES plant.equipment(id) ON UPDATE CASCADE ON DELETE RESTRICT;

ALTER TABLE ONLY plant.unit_spelling
    ADD CONSTRAINT unit_spelling_code_fkey FOREIGN KEY (code) REFERENCES plant.unit(code) ON UPDATE CASCADE ON DELETE CASCADE;

ALTER TABLE ONLY plant.work_order
    ADD CONSTRAINT work_order_component_id_fkey FOREIGN KEY (component_id, equipment_id) REFERENCES plant.component(id, equipment_id) ON UPDATE CASCADE ON DELETE RESTRICT;

COMMENT ON CONSTRAINT work_order_component_id_fkey ON plant.work_order IS 'component_id: the equipment has no such component';

ALTER TABLE ONLY plant.work_order
    ADD CONSTRAINT work_order_equipment_id_fkey FOREIGN KEY (equipment_id) REFERENCES plant.equipment(id) ON UPDATE CASCADE ON DELETE RESTRICT;

COMMENT ON CONSTRAINT work_order_equipment_id_fkey ON plant.work_order IS 'equipment_id: there is no such equipment';

ALTER TABLE ONLY plant.work_order
    ADD CONSTRAINT work_order_failure_id_fkey FOREIGN KEY (failure_id, equipment_id) REFERENCES plant.failure(id, equipment_id) ON UPDATE CASCADE ON DELETE RESTRICT;

COMMENT ON CONSTRAINT work_order_failure_id_fkey ON plant.work_order IS 'failure_id: the equipment has no such failure';

ALTER TABLE ONLY plant.work_order
    ADD CONSTRAINT work_order_maintenance_id_fkey FOREIGN KEY (maintenance_id, equipment_id) REFERENCES plant.maintenance(id, equipment_id) ON UPDATE CASCADE ON DELETE SET NULL (maintenance_id);

COMMENT ON CONSTRAINT work_order_maintenance_id_fkey ON plant.work_order IS 'maintenance_id: the equipment has no such maintenance';

ALTER TABLE ONLY relay.channel
    ADD CONSTRAINT channel_language_fkey FOREIGN KEY (language) REFERENCES relay.language(code) ON UPDATE CASCADE;

ALTER TABLE ONLY relay.channel_state
    ADD CONSTRAINT channel_state_channel_id_fkey FOREIGN KEY (channel_id) REFERENCES relay.channel(id) ON DELETE CASCADE;

ALTER TABLE ONLY relay.delivery
    ADD CONSTRAINT delivery_channel_id_fkey FOREIGN KEY (channel_id) REFERENCES relay.channel(id) ON DELETE CASCADE;

ALTER TABLE ONLY relay.delivery
    ADD CONSTRAINT delivery_folded_into_fkey FOREIGN KEY (folded_into) REFERENCES relay.delivery(id) ON DELETE CASCADE;

ALTER TABLE ONLY relay.delivery
    ADD CONSTRAINT delivery_seq_fkey FOREIGN KEY (seq) REFERENCES relay.notification(seq) ON DELETE CASCADE;

ALTER TABLE ONLY relay.phrase
    ADD CONSTRAINT phrase_language_fkey FOREIGN KEY (language) REFERENCES relay.language(code) ON UPDATE CASCADE ON DELETE CASCADE;

ALTER TABLE ONLY relay.route
    ADD CONSTRAINT route_channel_id_fkey FOREIGN KEY (channel_id) REFERENCES relay.channel(id) ON DELETE CASCADE;

ALTER TABLE ONLY report.run
    ADD CONSTRAINT run_schedule_id_fkey FOREIGN KEY (schedule_id) REFERENCES report.schedule(id) ON DELETE CASCADE;

ALTER TABLE ONLY report.schedule
    ADD CONSTRAINT schedule_channel_id_fkey FOREIGN KEY (channel_id) REFERENCES relay.channel(id) ON DELETE CASCADE;

ALTER TABLE ONLY report.schedule
    ADD CONSTRAINT schedule_equipment_id_fkey FOREIGN KEY (equipment_id) REFERENCES plant.equipment(id) ON UPDATE CASCADE ON DELETE CASCADE;

ALTER TABLE ONLY report.schedule
    ADD CONSTRAINT schedule_report_fkey FOREIGN KEY (report) REFERENCES report.definition(name) ON UPDATE CASCADE ON DELETE CASCADE;

ALTER TABLE ONLY report.section
    ADD CONSTRAINT section_report_fkey FOREIGN KEY (report) REFERENCES report.definition(name) ON UPDATE CASCADE ON DELETE CASCADE;

ALTER TABLE ONLY rollup.machine_15m
    ADD CONSTRAINT machine_15m_equipment_id_fkey FOREIGN KEY (equipment_id) REFERENCES plant.equipment(id) ON UPDATE CASCADE ON DELETE CASCADE;

ALTER TABLE ONLY telemetry.clock
    ADD CONSTRAINT clock_equipment_id_fkey FOREIGN KEY (equipment_id) REFERENCES plant.equipment(id) ON UPDATE CASCADE ON DELETE CASCADE;

ALTER TABLE ONLY telemetry.late_run
    ADD CONSTRAINT late_run_sensor_id_fkey FOREIGN KEY (sensor_id) REFERENCES plant.sensor(id) ON DELETE CASCADE;

ALTER TABLE ONLY telemetry.latest
    ADD CONSTRAINT latest_sensor_id_fkey FOREIGN KEY (sensor_id) REFERENCES plant.sensor(id) ON DELETE CASCADE;

REVOKE USAGE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO anonymous;
GRANT USAGE ON SCHEMA public TO viewer;
GRANT USAGE ON SCHEMA public TO thin;

GRANT USAGE ON SCHEMA alarm TO viewer;
GRANT USAGE ON SCHEMA alarm TO thin;

GRANT USAGE ON SCHEMA api TO thin;
GRANT USAGE ON SCHEMA api TO anonymous;
GRANT USAGE ON SCHEMA api TO viewer;

GRANT USAGE ON SCHEMA auth TO thin;
GRANT USAGE ON SCHEMA auth TO anonymous;
GRANT USAGE ON SCHEMA auth TO viewer;

GRANT USAGE ON SCHEMA grafana TO viewer;

GRANT USAGE ON SCHEMA ingest TO thin;

GRANT USAGE ON SCHEMA ml TO viewer;
GRANT USAGE ON SCHEMA ml TO thin;

GRANT USAGE ON SCHEMA ops TO viewer;
GRANT USAGE ON SCHEMA ops TO thin;

GRANT USAGE ON SCHEMA plant TO viewer;
GRANT USAGE ON SCHEMA plant TO thin;

GRANT USAGE ON SCHEMA relay TO viewer;
GRANT USAGE ON SCHEMA relay TO thin;

GRANT USAGE ON SCHEMA report TO viewer;

GRANT USAGE ON SCHEMA rollup TO viewer;

GRANT USAGE ON SCHEMA telemetry TO viewer;
GRANT USAGE ON SCHEMA telemetry TO thin;

GRANT SELECT ON TABLE ops.migration TO viewer;

ALTER DEFAULT PRIVILEGES FOR ROLE millwright REVOKE ALL ON FUNCTIONS FROM PUBLIC;

