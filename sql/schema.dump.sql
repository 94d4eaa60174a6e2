
CREATE SCHEMA alarm;

COMMENT ON SCHEMA alarm IS 'Alarm rules, their durable state, alarms and their transitions, KPIs (ISA-18.2).';

CREATE SCHEMA api;

COMMENT ON SCHEMA api IS 'What HTTP calls: one function per endpoint, and the route table.';

CREATE SCHEMA auth;

COMMENT ON SCHEMA auth IS 'Users, sessions, API keys and the audit trail.';

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

COMMENT ON TYPE ingest.point IS 'What a decoder returns per measured value: which message of the batch (ordinal), whose signal, when, how much; or an error code that sends the message to quarantine.';

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
    message jsonb DEFAULT '{}'::jsonb NOT NULL,
    data jsonb DEFAULT '{}'::jsonb NOT NULL,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    updated_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT alarm_cleared_at_check CHECK ((active = (cleared_at IS NULL))),
    CONSTRAINT alarm_code_check CHECK (((length(code) >= 1) AND (length(code) <= 200))),
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

COMMENT ON COLUMN alarm.alarm.created_at IS 'When the row was written (raised_at is process time).';

ALTER TABLE alarm.alarm ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME alarm.alarm_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

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
    CONSTRAINT baseline_spread_check CHECK ((spread > (0)::double precision)),
    CONSTRAINT baseline_state_check CHECK (((length(state) >= 1) AND (length(state) <= 64)))
);

COMMENT ON TABLE alarm.baseline IS 'What is normal for a sensor, learned by alarm.learn_baseline from a time that was: robust centre (median) and spread (1.4826 × median absolute deviation, which for a normal distribution is the standard deviation).';

COMMENT ON COLUMN alarm.baseline.state IS 'Operating state of the machine (alarm.operating_state); * for all.';

COMMENT ON COLUMN alarm.baseline.spread IS 'In the sensor''s unit; at least the smallest step between its values.';

COMMENT ON COLUMN alarm.baseline.hour_of_week IS '0 (Monday from 0:00) to 167 (Sunday from 23:00) in the setting alarm.time_zone; -1: all hours together. Hours with too few samples have no row.';

CREATE TABLE alarm.clock (
    condition text NOT NULL,
    evaluated_to timestamp with time zone NOT NULL
);

COMMENT ON TABLE alarm.clock IS 'How far alarm.judge_derived has come with the conditions that are judged by a job (windowed, two_signal, no_data, baseline by hour or state).';

CREATE TABLE alarm.expression_run (
    rule_id bigint NOT NULL,
    code text NOT NULL,
    evaluated_at timestamp with time zone DEFAULT '-infinity'::timestamp with time zone NOT NULL,
    next_run timestamp with time zone DEFAULT '-infinity'::timestamp with time zone NOT NULL,
    failures integer DEFAULT 0 NOT NULL,
    duration interval,
    error text
);

COMMENT ON TABLE alarm.expression_run IS 'When each expression rule was evaluated last and how that went. alarm.judge_expressions takes the oldest first, so that a slow one starves nobody.';

COMMENT ON COLUMN alarm.expression_run.code IS 'Code of its system alarm: expression:<name of the rule when it was evaluated>.';

COMMENT ON COLUMN alarm.expression_run.next_run IS 'Not before: an expression that was cut off for taking too long waits twice as long each time, up to an hour.';

COMMENT ON COLUMN alarm.expression_run.failures IS 'Failed evaluations since the last good one.';

COMMENT ON COLUMN alarm.expression_run.duration IS 'How long the last evaluation took, for all machines of the rule.';

COMMENT ON COLUMN alarm.expression_run.error IS 'SQLSTATE and message of the last failure; NULL when the last evaluation was good.';

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

CREATE TABLE alarm.message_template (
    condition text NOT NULL,
    language text NOT NULL,
    body text NOT NULL,
    CONSTRAINT message_template_body_check CHECK (((length(body) >= 1) AND (length(body) <= 2000))),
    CONSTRAINT message_template_condition_check CHECK (((length(condition) >= 1) AND (length(condition) <= 64))),
    CONSTRAINT message_template_language_check CHECK ((language ~ '^[a-z]{2}$'::text))
);

COMMENT ON TABLE alarm.message_template IS 'Text of an alarm per condition and language where the rule has none of its own. Fields in braces: see alarm.template_fields().';

COMMENT ON COLUMN alarm.message_template.condition IS 'alarm.rule.condition or system; that and '':cleared'' when it clears; ''cleared'' and ''*'' for all that have no text of their own.';

CREATE TABLE alarm.operating_state (
    equipment_id text NOT NULL,
    state text NOT NULL,
    sensor text NOT NULL,
    low double precision DEFAULT '-Infinity'::double precision NOT NULL,
    high double precision DEFAULT 'Infinity'::double precision NOT NULL,
    CONSTRAINT operating_state_high_check CHECK ((high > low)),
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
    CONSTRAINT rule_condition_check CHECK ((condition = ANY (ARRAY['above'::text, 'below'::text, 'outside'::text, 'inside'::text, 'rate_of_change'::text, 'flat_line'::text, 'no_data'::text, 'windowed'::text, 'baseline'::text, 'two_signal'::text, 'iso_zone'::text, 'model_verdict'::text, 'rul_below'::text, 'expression'::text]))),
    CONSTRAINT rule_description_check CHECK ((length(description) <= 4000)),
    CONSTRAINT rule_family_check CHECK (((length(family) >= 1) AND (length(family) <= 200))),
    CONSTRAINT rule_message_check CHECK ((jsonb_typeof(message) = 'object'::text)),
    CONSTRAINT rule_name_check CHECK (((length(name) >= 1) AND (length(name) <= 200))),
    CONSTRAINT rule_owner_check CHECK ((length(owner) <= 200)),
    CONSTRAINT rule_parameters_check CHECK ((jsonb_typeof(parameters) = 'object'::text))
);

COMMENT ON TABLE alarm.rule IS 'What is worth an alarm. INSERT, UPDATE and DELETE in psql are welcome: triggers check the rule, keep its versions and assign it to sensors. SET LOCAL millwright.reason = ''…'' says why.';

COMMENT ON COLUMN alarm.rule.condition IS 'above, below, outside, inside: the value against the limits. The others derive a number first (docs/alarms.md) and hold that against the limits.';

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

COMMENT ON COLUMN alarm.rule.parameters IS 'What the derived conditions need: see alarm.condition_parameters().';

COMMENT ON COLUMN alarm.rule.select_equipment IS 'Equipment ids; * and ? are wildcards. NULL selects all (so for every select_ column; all of them must hold).';

COMMENT ON COLUMN alarm.rule.select_equipment_type IS 'Equipment types.';

COMMENT ON COLUMN alarm.rule.select_location IS 'Locations of sensor or equipment; * and ? are wildcards.';

COMMENT ON COLUMN alarm.rule.select_tags IS 'Tags that equipment and sensor together must all have.';

COMMENT ON COLUMN alarm.rule.select_sensor IS 'Sensor names; * and ? are wildcards.';

COMMENT ON COLUMN alarm.rule.select_sensor_type IS 'Sensor types.';

COMMENT ON COLUMN alarm.rule.family IS 'Rules of one family override each other: a sensor is watched by the most specific one only (alarm.rule_assignment shows which and why). NULL: overrides nothing.';

COMMENT ON COLUMN alarm.rule.parent_rule IS 'While the parent rule has an active alarm on the same equipment, this rule''s alarms are suppressed.';

COMMENT ON COLUMN alarm.rule.message IS 'Own text per language, {"ko": "…", "en": "…"}; NULL takes alarm.message_template.';

COMMENT ON COLUMN alarm.rule.notify IS 'Transitions that become an outbox row (alarm.transition.kind). NULL: the usual ones and whatever an enabled route names (alarm.told_kinds); a list: these and no others, {} none.';

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
    label_ko text NOT NULL,
    label_en text NOT NULL,
    CONSTRAINT severity_colour_check CHECK ((colour ~ '^#[0-9a-f]{6}$'::text)),
    CONSTRAINT severity_minimum_confidence_check CHECK (((minimum_confidence >= (0)::double precision) AND (minimum_confidence <= (1)::double precision))),
    CONSTRAINT severity_name_check CHECK ((name ~ '^[a-z_]{1,32}$'::text)),
    CONSTRAINT severity_rank_check CHECK (((rank >= 1) AND (rank <= 1000)))
);

COMMENT ON TABLE alarm.severity IS 'The severities, least first by rank. Seeded; a plant may rename labels and colours.';

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
    basis jsonb
);

COMMENT ON TABLE alarm.signal IS 'One row per rule and sensor (or whole equipment) that it watches, with the limits in the sensor''s own unit. Worked out by alarm.refresh_assignments; ingest only reads it. A pair that ended is kept as not assigned until alarm.tick has closed its alarm.';

COMMENT ON COLUMN alarm.signal.sensor_id IS 'plant.sensor.id; NULL where the rule judges the whole equipment (model verdict, RUL).';

COMMENT ON COLUMN alarm.signal.live IS 'Judged sample by sample in the ingest transaction; otherwise alarm.tick and the jobs feed it.';

COMMENT ON COLUMN alarm.signal.parameter IS 'rate_of_change: shortest step in seconds; flat_line: largest change that still counts as none.';

COMMENT ON COLUMN alarm.signal.severities IS 'Severity of low_low, low, high, high_high.';

COMMENT ON COLUMN alarm.signal.quiet_low IS 'A value within quiet_low … quiet_high cannot change a normal state.';

COMMENT ON COLUMN alarm.signal.quiet_high IS 'See quiet_low. An empty band (Infinity … -Infinity) lets every sample count.';

COMMENT ON COLUMN alarm.signal.basis IS 'Where limits that are not in the rule come from (baseline, vibration zone table).';

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
    chattering boolean DEFAULT false NOT NULL
)
WITH (fillfactor='50', autovacuum_vacuum_scale_factor='0', autovacuum_vacuum_threshold='2000');

COMMENT ON TABLE alarm.state IS 'Durable state of the machine per signal. Only signals that ever left normal have a row; a restart loses no delay because the timers are times, not timers.';

COMMENT ON COLUMN alarm.state.idle IS 'Normal and nothing pending: the next quiet sample need not be looked at.';

COMMENT ON COLUMN alarm.state.active IS 'Limits that are active: 1 low_low, 2 low, 4 high, 8 high_high (added up).';

COMMENT ON COLUMN alarm.state.since IS 'Per limit (low_low, low, high, high_high): since when the value asks for the opposite of its active bit.';

COMMENT ON COLUMN alarm.state.next_due IS 'When the next timer fires if no sample stops it.';

COMMENT ON COLUMN alarm.state.last_time IS 'The machine''s clock: samples at or before it are ignored.';

COMMENT ON COLUMN alarm.state.zone IS 'What the last value says: bits as in active for beyond the limit, the same times 16 for back behind the deadband.';

COMMENT ON COLUMN alarm.state.anchor_time IS 'Rate of change and flat line: the sample that they measure from.';

COMMENT ON COLUMN alarm.state.raises IS 'When the alarm was raised lately (chatter detection).';

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
    CONSTRAINT transition_actor_check CHECK (((length(actor) >= 1) AND (length(actor) <= 200))),
    CONSTRAINT transition_comment_check CHECK ((length(comment) <= 4000)),
    CONSTRAINT transition_kind_check CHECK ((kind = ANY (ARRAY['raised'::text, 'severity_changed'::text, 'cleared'::text, 'acknowledged'::text, 'confirmed'::text, 'shelved'::text, 'unshelved'::text, 'suppressed'::text, 'unsuppressed'::text, 'out_of_service'::text, 'in_service'::text, 'realarmed'::text, 'escalated'::text, 'commented'::text, 'reset'::text, 'chatter_started'::text, 'chatter_ended'::text])))
);

COMMENT ON TABLE alarm.transition IS 'Everything that ever happened to an alarm: which, when, by whom, with what comment. Never changed.';

COMMENT ON COLUMN alarm.transition.occurred_at IS 'Process time for what samples do, wall time for what people do.';

COMMENT ON COLUMN alarm.transition.actor IS 'A user, or system for the machine.';

ALTER TABLE alarm.transition ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME alarm.transition_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

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
    CONSTRAINT vibration_zone_boundary_check CHECK ((((0)::double precision < boundary_ab) AND (boundary_ab < boundary_bc) AND (boundary_bc < boundary_cd)))
);

COMMENT ON TABLE alarm.vibration_zone IS 'Boundaries of the vibration zones A|B|C|D (broadband velocity, r.m.s.) of ISO 10816/20816 per machine class, each with its source and where it is valid. A sensor whose machine states no class, or another unit, has no zone.';

COMMENT ON COLUMN alarm.vibration_zone.machine_class IS 'What plant.equipment.specifications ->> ''vibration_class'' must say.';

COMMENT ON COLUMN alarm.vibration_zone.unit IS 'Unit that the sensor must have.';

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
    CONSTRAINT route_body_argument_check CHECK ((((body_mode = 'whole'::text) AND (handler IS NULL)) = (body_argument IS NOT NULL))),
    CONSTRAINT route_body_mode_check CHECK ((body_mode = ANY (ARRAY['none'::text, 'members'::text, 'whole'::text]))),
    CONSTRAINT route_function_check CHECK ((function ~ '^[a-z_]+[.][a-z0-9_]+$'::text)),
    CONSTRAINT route_max_body_bytes_check CHECK (((max_body_bytes >= 0) AND (max_body_bytes <= 67108864))),
    CONSTRAINT route_method_check CHECK ((method = ANY (ARRAY['GET'::text, 'POST'::text, 'PUT'::text, 'PATCH'::text, 'DELETE'::text]))),
    CONSTRAINT route_minimum_role_check CHECK ((minimum_role = ANY (ARRAY['anonymous'::text, 'viewer'::text, 'operator'::text, 'engineer'::text, 'admin'::text]))),
    CONSTRAINT route_parameters_check CHECK ((jsonb_typeof(parameters) = 'array'::text)),
    CONSTRAINT route_path_check CHECK ((path ~ '^(/([a-z0-9._-]+|[{][a-z_]+[}]))+$'::text)),
    CONSTRAINT route_rate_limit_check CHECK (((rate_limit_per_minute IS NULL) = (rate_limit_scope IS NULL))),
    CONSTRAINT route_rate_limit_per_minute_check CHECK ((rate_limit_per_minute > 0)),
    CONSTRAINT route_rate_limit_scope_check CHECK ((rate_limit_scope = ANY (ARRAY['address'::text, 'account'::text]))),
    CONSTRAINT route_response_check CHECK ((response = ANY (ARRAY['json'::text, 'token'::text, 'empty'::text]))),
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

COMMENT ON COLUMN api.route.response IS 'json: the result is the body. token: thin signs the result''s claims. empty: no body.';

COMMENT ON COLUMN api.route.timeout_ms IS 'statement_timeout of the request, in milliseconds.';

COMMENT ON COLUMN api.route.is_idempotent IS 'false: an Idempotency-Key is ignored, because the answer holds a secret that must not be kept.';

COMMENT ON COLUMN api.route.parameters IS 'OpenAPI members for single parameters that pg_proc cannot tell: [{"name": …, "schema": {…}, "description": …}].';

COMMENT ON COLUMN api.route.request_schema IS 'JSON Schema of the body. NULL with body_mode members: derived from the function''s arguments.';

COMMENT ON COLUMN api.route.response_schema IS 'JSON Schema of the successful answer.';

COMMENT ON COLUMN api.route.errors IS 'SQLSTATEs of ours that this endpoint may answer with, beside those that every endpoint may.';

CREATE TABLE api.schema_component (
    name text NOT NULL,
    area text NOT NULL,
    definition jsonb NOT NULL,
    CONSTRAINT schema_component_definition_check CHECK ((jsonb_typeof(definition) = 'object'::text)),
    CONSTRAINT schema_component_name_check CHECK ((name ~ '^[A-Z][A-Za-z0-9]*$'::text))
);

COMMENT ON TABLE api.schema_component IS 'JSON Schemas of request and response bodies. One source: api.check_body validates requests with them, api.openapi publishes them, and tests hold the answers against them.';

COMMENT ON COLUMN api.schema_component.area IS 'The file in sql/data that owns the row.';

CREATE TABLE api.sqlstate_http (
    pattern text NOT NULL,
    status integer NOT NULL,
    code text NOT NULL,
    title text NOT NULL,
    meaning text NOT NULL,
    is_message_public boolean DEFAULT false NOT NULL,
    CONSTRAINT sqlstate_http_pattern_check CHECK ((pattern ~ '^([0-9A-Z]{5}|[0-9A-Z]{2,4}%|%)$'::text)),
    CONSTRAINT sqlstate_http_status_check CHECK (((status >= 400) AND (status <= 599))),
    CONSTRAINT sqlstate_http_title_check CHECK (((length(title) >= 1) AND (length(title) <= 100)))
);

COMMENT ON TABLE api.sqlstate_http IS 'Which HTTP status an SQLSTATE becomes. The longest pattern that fits wins. docs/errors.md is generated from it.';

COMMENT ON COLUMN api.sqlstate_http.pattern IS 'A whole SQLSTATE, or its beginning and %.';

COMMENT ON COLUMN api.sqlstate_http.code IS 'Member code of the problem. For a pattern with %, the SQLSTATE itself is shown where its message may be.';

COMMENT ON COLUMN api.sqlstate_http.is_message_public IS 'Whether the error''s own message may be shown to the caller. false: title and meaning are shown instead, and the log has the rest.';

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
    CONSTRAINT account_role_check CHECK ((role = ANY (ARRAY['viewer'::text, 'operator'::text, 'engineer'::text, 'admin'::text]))),
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
    CONSTRAINT api_key_key_hash_check CHECK ((length(key_hash) = 32)),
    CONSTRAINT api_key_name_check CHECK (((length(name) >= 1) AND (length(name) <= 100))),
    CONSTRAINT api_key_prefix_check CHECK ((length(prefix) = 12)),
    CONSTRAINT api_key_role_check CHECK ((role = ANY (ARRAY['viewer'::text, 'operator'::text, 'engineer'::text, 'admin'::text])))
);

COMMENT ON TABLE auth.api_key IS 'A key for a machine: it acts for its account, with a role that is at most the account''s.';

COMMENT ON COLUMN auth.api_key.key_hash IS 'SHA-256 of the key. The key has 256 random bits, so a slow hash would add nothing.';

COMMENT ON COLUMN auth.api_key.prefix IS 'The first 12 characters, to tell keys apart in a list.';

COMMENT ON COLUMN auth.api_key.expires_at IS 'NULL: until it is revoked.';

COMMENT ON COLUMN auth.api_key.last_used_at IS 'Written at most once a minute.';

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

CREATE TABLE auth.login_throttle (
    subject bytea NOT NULL,
    failed_attempts integer NOT NULL,
    last_failed_at timestamp with time zone NOT NULL,
    blocked_until timestamp with time zone NOT NULL,
    CONSTRAINT login_throttle_failed_attempts_check CHECK ((failed_attempts > 0)),
    CONSTRAINT login_throttle_subject_check CHECK ((length(subject) = 32))
);

COMMENT ON TABLE auth.login_throttle IS 'Failed logins per account, known or not, so that the answer does not tell which names exist. A success deletes the row; so does an hour of peace.';

COMMENT ON COLUMN auth.login_throttle.subject IS 'SHA-256 of the account''s id, or of the name given when there is no such account: people type passwords into the wrong field.';

CREATE TABLE auth.refresh_token (
    token_hash bytea NOT NULL,
    session_id uuid NOT NULL,
    issued_at timestamp with time zone DEFAULT now() NOT NULL,
    used_at timestamp with time zone,
    CONSTRAINT refresh_token_token_hash_check CHECK ((length(token_hash) = 32))
);

COMMENT ON TABLE auth.refresh_token IS 'SHA-256 of every refresh token of a session. Each works once; a second use means that it was stolen, and ends the session.';

CREATE TABLE auth.session (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    account_id bigint NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    refreshed_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    revoked_at timestamp with time zone,
    revoked_reason text,
    address inet,
    CONSTRAINT session_revoked_check CHECK (((revoked_at IS NULL) = (revoked_reason IS NULL))),
    CONSTRAINT session_revoked_reason_check CHECK ((revoked_reason = ANY (ARRAY['logout'::text, 'password_changed'::text, 'role_changed'::text, 'deactivated'::text, 'refresh_token_reused'::text, 'administrator'::text])))
);

COMMENT ON TABLE auth.session IS 'One login. Access tokens carry its id; a revoked session refuses them at once (auth.begin_request). Purged some days after it ended.';

COMMENT ON COLUMN auth.session.expires_at IS 'No refresh after this moment: the person logs in again.';

COMMENT ON COLUMN auth.session.address IS 'Where the login came from.';

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
    CONSTRAINT topic_decoder_description_check CHECK (((length(description) >= 1) AND (length(description) <= 1000))),
    CONSTRAINT topic_decoder_topic_filter_check CHECK (((topic_filter ~ '^[^/+#%_\\]*[^+#%\\]*$'::text) AND (topic_filter ~ '\{equipment\}'::text) AND (length(topic_filter) <= 256)))
);

COMMENT ON TABLE ingest.topic_decoder IS 'Which SQL function decodes which topics. {equipment} and {sensor} stand for one topic level each, {any} for one that is not looked at. thin subscribes to the enabled rows and reloads on change.';

COMMENT ON COLUMN ingest.topic_decoder.decoder IS 'Function (ordinal integer[], equipment text[], sensor text[], payload text[], received_at timestamptz[]) RETURNS SETOF ingest.point. NULL: thin itself reads these messages, because they need arithmetic (features, waveforms).';

COMMENT ON COLUMN ingest.topic_decoder.priority IS 'Where two filters match a topic the lower number wins.';

ALTER TABLE ingest.topic_decoder ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME ingest.topic_decoder_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

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
    fixed_power text
);

COMMENT ON TABLE ml.power_rule IS 'How the power class is chosen where a request names none: nearest kW to vibration_factor · vib_rms + current_factor · mean of the non-zero cur_*_rms; or always fixed_power. The row "*" is the default.';

CREATE TABLE ml.registry_report (
    instance text NOT NULL,
    reported_at timestamp with time zone NOT NULL,
    served integer NOT NULL,
    rejected integer NOT NULL,
    CONSTRAINT registry_report_instance_check CHECK (((length(instance) >= 1) AND (length(instance) <= 200)))
);

COMMENT ON TABLE ml.registry_report IS 'When each thin process last said what it found under SERVE_ML_ROOT. A report counts for as long as the setting ml.report_lifetime says; the newest one always counts.';

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

COMMENT ON COLUMN ml.serve_ml_models.unscaled IS 'Modalities whose scaler is missing: their predictions are never above severity low.';

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
    CONSTRAINT serve_ml_predictions_confidence_check CHECK (((confidence >= (0)::double precision) AND (confidence <= (1)::double precision))),
    CONSTRAINT serve_ml_predictions_source_check CHECK ((source = ANY (ARRAY['mqtt'::text, 'http'::text, 'waveform'::text]))),
    CONSTRAINT serve_ml_predictions_stage_check CHECK ((stage = ANY (ARRAY['champion'::text, 'challenger'::text, 'requested'::text])))
);

COMMENT ON TABLE ml.serve_ml_predictions IS 'Every prediction with what it was made from, so that an alarm can say why. A hypertable with one chunk a week.';

COMMENT ON COLUMN ml.serve_ml_predictions.stage IS 'champion: the machine''s model, raises alarms. challenger: a shadow. requested: a version that a client asked for by name.';

COMMENT ON COLUMN ml.serve_ml_predictions.confidence IS '0 to 1, rising with the largest score/threshold ratio.';

COMMENT ON COLUMN ml.serve_ml_predictions.contributions IS 'The features that contributed most: [{feature, squared_error, share}], largest first.';

COMMENT ON COLUMN ml.serve_ml_predictions.latency_us IS 'Arithmetic only, microseconds.';

COMMENT ON COLUMN ml.serve_ml_predictions.value IS 'What the bundle''s regressor gives (unit: the bundle''s metadata); NULL where it has none.';

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

COMMENT ON COLUMN ops.migration.objects IS 'Routines (schema.name(types)) or views (schema.name) that the file made: what to drop when it goes away.';

COMMENT ON COLUMN ops.migration.duration_ms IS 'How long it took, in milliseconds.';

COMMENT ON COLUMN ops.migration.program_version IS 'Version of thin that applied it.';

CREATE TABLE ops.setting (
    name text NOT NULL,
    value jsonb NOT NULL,
    description text NOT NULL,
    unit text,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_by text DEFAULT CURRENT_USER NOT NULL,
    CONSTRAINT setting_description_check CHECK ((description <> ''::text)),
    CONSTRAINT setting_name_check CHECK ((name ~ '^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$'::text))
);

COMMENT ON TABLE ops.setting IS 'Every adjustable number and choice of the product, one row each. Read by ops.setting_int and its kin, changed by ops.set_setting.';

COMMENT ON COLUMN ops.setting.name IS 'area.what, lower case.';

COMMENT ON COLUMN ops.setting.value IS 'A JSON number, string, boolean or null. Intervals are strings such as "15 minutes".';

COMMENT ON COLUMN ops.setting.unit IS 'Unit of a number; interval for a string that is one; NULL for a choice.';

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
    CONSTRAINT sensor_accuracy_check CHECK ((accuracy >= (0)::double precision)),
    CONSTRAINT sensor_calibration_check CHECK ((jsonb_typeof(calibration) = 'object'::text)),
    CONSTRAINT sensor_description_check CHECK ((length(description) <= 4000)),
    CONSTRAINT sensor_location_check CHECK ((length(location) <= 200)),
    CONSTRAINT sensor_name_check CHECK (((length(name) >= 1) AND (length(name) <= 128))),
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

COMMENT ON COLUMN plant.sensor.unit IS 'Unit of the values (UCUM where one exists: A, mm/s, Cel, bar).';

COMMENT ON COLUMN plant.sensor.sampling_rate IS 'Nominal samples per second (Hz).';

COMMENT ON COLUMN plant.sensor.range_min IS 'Lower end of the measuring range, in the sensor''s unit.';

COMMENT ON COLUMN plant.sensor.range_max IS 'Upper end of the measuring range, in the sensor''s unit.';

COMMENT ON COLUMN plant.sensor.accuracy IS 'Plus/minus, in the sensor''s unit.';

ALTER TABLE plant.sensor ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME plant.sensor_id_seq
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
    language text DEFAULT 'ko'::text NOT NULL,
    enabled boolean DEFAULT true NOT NULL,
    available boolean DEFAULT true NOT NULL,
    max_attempts integer DEFAULT 12 NOT NULL,
    first_delay interval DEFAULT '00:00:01'::interval NOT NULL,
    longest_delay interval DEFAULT '00:10:00'::interval NOT NULL,
    request_timeout interval DEFAULT '00:00:10'::interval NOT NULL,
    headers jsonb DEFAULT '{}'::jsonb NOT NULL,
    CONSTRAINT channel_check CHECK ((longest_delay >= first_delay)),
    CONSTRAINT channel_first_delay_check CHECK ((first_delay > '00:00:00'::interval)),
    CONSTRAINT channel_headers_check CHECK ((jsonb_typeof(headers) = 'object'::text)),
    CONSTRAINT channel_kind_check CHECK ((kind = ANY (ARRAY['slack_webhook'::text, 'slack_bot'::text, 'email'::text, 'webhook'::text]))),
    CONSTRAINT channel_language_check CHECK ((language = ANY (ARRAY['ko'::text, 'en'::text]))),
    CONSTRAINT channel_max_attempts_check CHECK (((max_attempts >= 1) AND (max_attempts <= 100))),
    CONSTRAINT channel_name_check CHECK (((length(name) >= 1) AND (length(name) <= 64))),
    CONSTRAINT channel_request_timeout_check CHECK ((request_timeout > '00:00:00'::interval)),
    CONSTRAINT channel_target_check CHECK (((target ~ '^env:[A-Z][A-Z0-9_]*$'::text) OR
CASE kind
    WHEN 'email'::text THEN (target ~ '^mailto:[^[:space:],<>@:"]{1,64}@[A-Za-z0-9.-]{1,253}(,[^[:space:],<>@:"]{1,64}@[A-Za-z0-9.-]{1,253}){0,49}$'::text)
    WHEN 'slack_bot'::text THEN (target ~ '^slack:[A-Z0-9]{1,32}$'::text)
    ELSE (target ~ '^https?://[^[:space:]]+$'::text)
END))
);

COMMENT ON TABLE relay.channel IS 'Where notifications can be sent besides WebSocket clients, and how patiently.';

COMMENT ON COLUMN relay.channel.target IS 'http(s) URL (webhooks), mailto:a@b,c@d (email, at most 50), slack:ID of a channel or user (slack_bot); or env:NAME, which thin takes from its own environment, so that a secret need not stand here.';

COMMENT ON COLUMN relay.channel.available IS 'Whether a running thin has the variables that the channel needs: the one that target names, SMTP_URL for email, SLACK_BOT_TOKEN for slack_bot (relay.channel_variables, relay.declare_environment).';

COMMENT ON COLUMN relay.channel.first_delay IS 'Wait after the first failure; doubles with each further one, up to longest_delay, with jitter.';

ALTER TABLE relay.channel ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME relay.channel_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE relay.delivery (
    id bigint NOT NULL,
    seq bigint NOT NULL,
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
    CONSTRAINT delivery_status_check CHECK ((status = ANY (ARRAY['pending'::text, 'sending'::text, 'delivered'::text, 'dead'::text])))
);

COMMENT ON TABLE relay.delivery IS 'One notification to one channel. pending → sending (claimed for a while) → delivered, or pending again with back-off, or dead after max_attempts (a dead letter; relay.retry_delivery sends it again).';

COMMENT ON COLUMN relay.delivery.claimed_until IS 'After this moment another worker may take it over: at least once, never lost.';

COMMENT ON COLUMN relay.delivery.last_status IS 'HTTP status (email: SMTP reply code) of the last attempt; NULL where none was received.';

ALTER TABLE relay.delivery ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME relay.delivery_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE relay.outbox (
    seq bigint NOT NULL,
    kind text NOT NULL,
    event text,
    severity text,
    equipment_id text,
    sensor_id integer,
    data jsonb NOT NULL,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT outbox_data_check CHECK ((jsonb_typeof(data) = 'object'::text)),
    CONSTRAINT outbox_event_check CHECK ((length(event) <= 32)),
    CONSTRAINT outbox_kind_check CHECK (((length(kind) >= 1) AND (length(kind) <= 32))),
    CONSTRAINT outbox_severity_check CHECK ((length(severity) <= 16))
);

COMMENT ON TABLE relay.outbox IS 'What happened and may interest somebody outside, in delivery order, written in the transaction in which it happened (relay.publish).';

COMMENT ON COLUMN relay.outbox.seq IS 'Delivery sequence: gapless, in commit order; what WebSocket clients name to resume.';

COMMENT ON COLUMN relay.outbox.kind IS 'alarm, prediction, rul, system, maintenance or test.';

COMMENT ON COLUMN relay.outbox.event IS 'What happened to it: raised, cleared, acknowledged …';

COMMENT ON COLUMN relay.outbox.data IS 'The member data of the WebSocket message.';

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

CREATE TABLE telemetry.latest (
    sensor_id integer NOT NULL,
    "time" timestamp with time zone DEFAULT '-infinity'::timestamp with time zone NOT NULL,
    value double precision,
    quality smallint DEFAULT 0 NOT NULL,
    received_at timestamp with time zone
)
WITH (fillfactor='50', autovacuum_vacuum_scale_factor='0', autovacuum_vacuum_threshold='2000');

COMMENT ON TABLE telemetry.latest IS 'The newest point of each sensor. Moves forward only. Exists because last() uses no index. Its rows are also what ingest locks, in sensor order, so that two batches which share a sensor follow one another.';

COMMENT ON COLUMN telemetry.latest."time" IS '-infinity until the first live point: the row is made together with its sensor, so that ingest only ever updates.';

COMMENT ON COLUMN telemetry.latest.received_at IS 'When the broker''s message or the request arrived.';

CREATE TABLE telemetry.reading (
    "time" timestamp with time zone NOT NULL,
    value double precision NOT NULL,
    sensor_id integer NOT NULL,
    quality smallint DEFAULT 0 NOT NULL,
    is_historical boolean DEFAULT false NOT NULL
);

COMMENT ON TABLE telemetry.reading IS 'Every stored point, once: (sensor, time) is unique. Written by ingest only. A hypertable with one chunk per day.';

COMMENT ON COLUMN telemetry.reading."time" IS 'When it was measured (the payload''s timestamp, else its arrival).';

COMMENT ON COLUMN telemetry.reading.value IS 'Finite value in the sensor''s unit.';

COMMENT ON COLUMN telemetry.reading.sensor_id IS 'plant.sensor.id';

COMMENT ON COLUMN telemetry.reading.quality IS 'OPC UA severity of the status code: 0 good, 1 uncertain, 2 bad.';

COMMENT ON COLUMN telemetry.reading.is_historical IS 'Arrived late (setting ingest.historical_after) or was marked so by its sender: stored, but fired no live alarm and did not become the latest value.';

ALTER TABLE ONLY alarm.alarm
    ADD CONSTRAINT alarm_pkey PRIMARY KEY (id);

ALTER TABLE ONLY alarm.baseline
    ADD CONSTRAINT baseline_pkey PRIMARY KEY (sensor_id, state, hour_of_week);

ALTER TABLE ONLY alarm.clock
    ADD CONSTRAINT clock_pkey PRIMARY KEY (condition);

ALTER TABLE ONLY alarm.expression_run
    ADD CONSTRAINT expression_run_pkey PRIMARY KEY (rule_id);

ALTER TABLE ONLY alarm.hold
    ADD CONSTRAINT hold_pkey PRIMARY KEY (id);

ALTER TABLE ONLY alarm.known_fault
    ADD CONSTRAINT known_fault_pkey PRIMARY KEY (id);

ALTER TABLE ONLY alarm.known_sensor_type
    ADD CONSTRAINT known_sensor_type_pkey PRIMARY KEY (type);

ALTER TABLE ONLY alarm.message_template
    ADD CONSTRAINT message_template_pkey PRIMARY KEY (condition, language);

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
    ADD CONSTRAINT signal_pkey PRIMARY KEY (id);

ALTER TABLE ONLY alarm.signal
    ADD CONSTRAINT signal_rule_id_equipment_id_sensor_id_key UNIQUE NULLS NOT DISTINCT (rule_id, equipment_id, sensor_id);

ALTER TABLE ONLY alarm.state
    ADD CONSTRAINT state_pkey PRIMARY KEY (signal_id);

ALTER TABLE ONLY alarm.transition
    ADD CONSTRAINT transition_pkey PRIMARY KEY (id);

ALTER TABLE ONLY alarm.vibration_zone
    ADD CONSTRAINT vibration_zone_key UNIQUE (standard, machine_class, unit);

ALTER TABLE ONLY alarm.vibration_zone
    ADD CONSTRAINT vibration_zone_pkey PRIMARY KEY (id);

ALTER TABLE ONLY alarm.watch
    ADD CONSTRAINT watch_pkey PRIMARY KEY (sensor_id);

ALTER TABLE ONLY api.idempotency
    ADD CONSTRAINT idempotency_pkey PRIMARY KEY (owner, key);

ALTER TABLE ONLY api.route
    ADD CONSTRAINT route_pkey PRIMARY KEY (method, path);

ALTER TABLE ONLY api.schema_component
    ADD CONSTRAINT schema_component_pkey PRIMARY KEY (name);

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

ALTER TABLE ONLY auth.login_throttle
    ADD CONSTRAINT login_throttle_pkey PRIMARY KEY (subject);

ALTER TABLE ONLY auth.refresh_token
    ADD CONSTRAINT refresh_token_pkey PRIMARY KEY (token_hash);

ALTER TABLE ONLY auth.session
    ADD CONSTRAINT session_pkey PRIMARY KEY (id);

ALTER TABLE ONLY auth.ws_ticket
    ADD CONSTRAINT ws_ticket_pkey PRIMARY KEY (ticket_hash);

ALTER TABLE ONLY ingest.quarantine
    ADD CONSTRAINT quarantine_pkey PRIMARY KEY (id);

ALTER TABLE ONLY ingest.topic_decoder
    ADD CONSTRAINT topic_decoder_pkey PRIMARY KEY (id);

ALTER TABLE ONLY ingest.topic_decoder
    ADD CONSTRAINT topic_decoder_topic_filter_key UNIQUE (topic_filter);

ALTER TABLE ONLY ml.bundle_report
    ADD CONSTRAINT bundle_report_pkey PRIMARY KEY (instance, model_id);

ALTER TABLE ONLY ml.clock
    ADD CONSTRAINT clock_pkey PRIMARY KEY (name);

ALTER TABLE ONLY ml.feature_day
    ADD CONSTRAINT feature_day_pkey PRIMARY KEY (model_id, day, feature);

ALTER TABLE ONLY ml.feature_reference
    ADD CONSTRAINT feature_reference_pkey PRIMARY KEY (model_id, feature);

ALTER TABLE ONLY ml.model_alias_history
    ADD CONSTRAINT model_alias_history_pkey PRIMARY KEY (id);

ALTER TABLE ONLY ml.model_alias
    ADD CONSTRAINT model_alias_pkey PRIMARY KEY (equipment_id, power, alias);

ALTER TABLE ONLY ml.power_rule
    ADD CONSTRAINT power_rule_pkey PRIMARY KEY (equipment_id);

ALTER TABLE ONLY ml.registry_report
    ADD CONSTRAINT registry_report_pkey PRIMARY KEY (instance);

ALTER TABLE ONLY ml.score_day
    ADD CONSTRAINT score_day_pkey PRIMARY KEY (model_id, stage, modality, day);

ALTER TABLE ONLY ml.serve_ml_models
    ADD CONSTRAINT serve_ml_models_equipment_id_power_model_version_key UNIQUE (equipment_id, power, model_version);

ALTER TABLE ONLY ml.serve_ml_models
    ADD CONSTRAINT serve_ml_models_pkey PRIMARY KEY (id);

ALTER TABLE ONLY ml.serve_ml_predictions
    ADD CONSTRAINT serve_ml_predictions_pkey PRIMARY KEY (equipment_id, power, model_version, stage, "time");

ALTER TABLE ONLY ml.waveform_features
    ADD CONSTRAINT waveform_features_pkey PRIMARY KEY (equipment_id, modality, "time");

ALTER TABLE ONLY ops.job
    ADD CONSTRAINT job_name_key UNIQUE (name);

ALTER TABLE ONLY ops.job
    ADD CONSTRAINT job_pkey PRIMARY KEY (job_id);

ALTER TABLE ONLY ops.job_run
    ADD CONSTRAINT job_run_pkey PRIMARY KEY (job_run_id);

ALTER TABLE ONLY ops.migration
    ADD CONSTRAINT migration_pkey PRIMARY KEY (kind, name);

ALTER TABLE ONLY ops.setting
    ADD CONSTRAINT setting_pkey PRIMARY KEY (name);

ALTER TABLE ONLY plant.equipment
    ADD CONSTRAINT equipment_pkey PRIMARY KEY (id);

ALTER TABLE ONLY plant.maintenance
    ADD CONSTRAINT maintenance_pkey PRIMARY KEY (id);

ALTER TABLE ONLY plant.sensor
    ADD CONSTRAINT sensor_equipment_id_name_key UNIQUE (equipment_id, name);

ALTER TABLE ONLY plant.sensor
    ADD CONSTRAINT sensor_pkey PRIMARY KEY (id);

ALTER TABLE ONLY relay.channel
    ADD CONSTRAINT channel_name_key UNIQUE (name);

ALTER TABLE ONLY relay.channel
    ADD CONSTRAINT channel_pkey PRIMARY KEY (id);

ALTER TABLE ONLY relay.delivery
    ADD CONSTRAINT delivery_pkey PRIMARY KEY (id);

ALTER TABLE ONLY relay.delivery
    ADD CONSTRAINT delivery_seq_channel_id_key UNIQUE (seq, channel_id);

ALTER TABLE ONLY relay.outbox
    ADD CONSTRAINT outbox_pkey PRIMARY KEY (seq);

ALTER TABLE ONLY relay.route
    ADD CONSTRAINT route_name_key UNIQUE (name);

ALTER TABLE ONLY relay.route
    ADD CONSTRAINT route_pkey PRIMARY KEY (id);

ALTER TABLE ONLY relay.sequence
    ADD CONSTRAINT sequence_pkey PRIMARY KEY (singleton);

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

CREATE UNIQUE INDEX hold_open_key ON alarm.hold USING btree (signal_id, code, equipment_id, (
CASE kind
    WHEN 'one_shot'::text THEN 'timed'::text
    ELSE kind
END)) NULLS NOT DISTINCT WHERE (ended_at IS NULL);

CREATE INDEX hold_until_idx ON alarm.hold USING btree (until) WHERE (ended_at IS NULL);

CREATE INDEX known_fault_equipment_id_starts_at_idx ON alarm.known_fault USING btree (equipment_id, starts_at);

CREATE INDEX operating_state_equipment_id_sensor_idx ON alarm.operating_state USING btree (equipment_id, sensor);

CREATE INDEX rule_family_idx ON alarm.rule USING btree (family) WHERE (family IS NOT NULL);

CREATE INDEX rule_parent_rule_idx ON alarm.rule USING btree (parent_rule) WHERE (parent_rule IS NOT NULL);

CREATE INDEX signal_equipment_id_idx ON alarm.signal USING btree (equipment_id);

CREATE INDEX signal_sensor_id_idx ON alarm.signal USING btree (sensor_id) WHERE (assigned AND live);

CREATE INDEX signal_unassigned_idx ON alarm.signal USING btree (id) WHERE (NOT assigned);

CREATE INDEX signal_verdict_idx ON alarm.signal USING btree (equipment_id) WHERE ((condition = 'model_verdict'::text) AND assigned);

CREATE INDEX state_next_due_idx ON alarm.state USING btree (next_due) WHERE (next_due IS NOT NULL);

CREATE INDEX state_sensor_id_idx ON alarm.state USING btree (sensor_id) WHERE (NOT idle);

CREATE INDEX transition_alarm_id_idx ON alarm.transition USING btree (alarm_id, id);

CREATE INDEX transition_occurred_at_idx ON alarm.transition USING brin (occurred_at);

CREATE INDEX idempotency_created_at_idx ON api.idempotency USING btree (created_at);

CREATE UNIQUE INDEX account_email_key ON auth.account USING btree (lower(email));

CREATE UNIQUE INDEX account_username_key ON auth.account USING btree (lower(username));

CREATE INDEX api_key_account_id_idx ON auth.api_key USING btree (account_id);

CREATE INDEX audit_entry_account_id_idx ON auth.audit_entry USING btree (account_id, id);

CREATE INDEX audit_entry_object_idx ON auth.audit_entry USING btree (object_type, object_id, id);

CREATE INDEX audit_entry_occurred_at_idx ON auth.audit_entry USING btree (occurred_at, id);

CREATE INDEX login_throttle_last_failed_at_idx ON auth.login_throttle USING btree (last_failed_at);

CREATE INDEX refresh_token_session_id_idx ON auth.refresh_token USING btree (session_id);

CREATE INDEX session_account_id_idx ON auth.session USING btree (account_id) WHERE (revoked_at IS NULL);

CREATE INDEX session_expires_at_idx ON auth.session USING btree (expires_at);

CREATE INDEX ws_ticket_expires_at_idx ON auth.ws_ticket USING btree (expires_at);

CREATE INDEX quarantine_new_idx ON ingest.quarantine USING btree (received_at) WHERE (status = 'new'::text);

CREATE INDEX quarantine_topic_received_at_idx ON ingest.quarantine USING btree (topic, received_at);

CREATE INDEX bundle_report_model_id_idx ON ml.bundle_report USING btree (model_id);

CREATE INDEX model_alias_history_equipment_id_power_idx ON ml.model_alias_history USING btree (equipment_id, power, id);

CREATE UNIQUE INDEX model_alias_history_undoes_key ON ml.model_alias_history USING btree (undoes) WHERE (undoes IS NOT NULL);

CREATE INDEX serve_ml_predictions_anomaly_idx ON ml.serve_ml_predictions USING btree (equipment_id, "time" DESC) WHERE is_anomaly;

CREATE INDEX serve_ml_predictions_received_at_idx ON ml.serve_ml_predictions USING brin (received_at);

CREATE INDEX serve_ml_predictions_time_idx ON ml.serve_ml_predictions USING brin ("time");

CREATE INDEX waveform_features_waiting_idx ON ml.waveform_features USING btree (received_at) WHERE (outcome = 'waiting'::text);

CREATE INDEX job_next_start_idx ON ops.job USING btree (next_start) WHERE enabled;

CREATE INDEX job_run_job_id_started_at_idx ON ops.job_run USING btree (job_id, started_at DESC);

CREATE INDEX job_run_started_at_idx ON ops.job_run USING btree (started_at);

CREATE INDEX equipment_location_idx ON plant.equipment USING btree (location);

CREATE INDEX equipment_tags_idx ON plant.equipment USING gin (tags);

CREATE INDEX equipment_type_idx ON plant.equipment USING btree (type);

CREATE INDEX maintenance_equipment_id_starts_at_idx ON plant.maintenance USING btree (equipment_id, starts_at);

CREATE INDEX sensor_type_idx ON plant.sensor USING btree (type);

CREATE INDEX delivery_channel_id_idx ON relay.delivery USING btree (channel_id, id);

CREATE INDEX delivery_claimed_idx ON relay.delivery USING btree (claimed_until) WHERE (status = 'sending'::text);

CREATE INDEX delivery_due_idx ON relay.delivery USING btree (next_attempt_at, seq) WHERE (status = 'pending'::text);

CREATE INDEX outbox_created_at_idx ON relay.outbox USING btree (created_at);

CREATE INDEX outbox_equipment_id_seq_idx ON relay.outbox USING btree (equipment_id, seq);

CREATE INDEX route_channel_id_idx ON relay.route USING btree (channel_id);

CREATE INDEX reading_time_idx ON telemetry.reading USING brin ("time") WITH (autosummarize='on', pages_per_range='32');

ALTER TABLE ONLY alarm.baseline
    ADD CONSTRAINT baseline_sensor_id_fkey FOREIGN KEY (sensor_id) REFERENCES plant.sensor(id) ON DELETE CASCADE;

ALTER TABLE ONLY alarm.known_fault
    ADD CONSTRAINT known_fault_equipment_id_fkey FOREIGN KEY (equipment_id) REFERENCES plant.equipment(id) ON UPDATE CASCADE ON DELETE CASCADE;

ALTER TABLE ONLY alarm.operating_state
    ADD CONSTRAINT operating_state_equipment_id_sensor_fkey FOREIGN KEY (equipment_id, sensor) REFERENCES plant.sensor(equipment_id, name) ON UPDATE CASCADE ON DELETE CASCADE;

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

ALTER TABLE ONLY auth.api_key
    ADD CONSTRAINT api_key_account_id_fkey FOREIGN KEY (account_id) REFERENCES auth.account(id) ON DELETE CASCADE;

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

ALTER TABLE ONLY ml.bundle_report
    ADD CONSTRAINT bundle_report_instance_fkey FOREIGN KEY (instance) REFERENCES ml.registry_report(instance) ON DELETE CASCADE;

ALTER TABLE ONLY ml.bundle_report
    ADD CONSTRAINT bundle_report_model_id_fkey FOREIGN KEY (model_id) REFERENCES ml.serve_ml_models(id) ON DELETE CASCADE;

ALTER TABLE ONLY ml.feature_day
    ADD CONSTRAINT feature_day_model_id_fkey FOREIGN KEY (model_id) REFERENCES ml.serve_ml_models(id) ON DELETE CASCADE;

ALTER TABLE ONLY ml.feature_reference
    ADD CONSTRAINT feature_reference_model_id_fkey FOREIGN KEY (model_id) REFERENCES ml.serve_ml_models(id) ON DELETE CASCADE;

ALTER TABLE ONLY ml.model_alias
    ADD CONSTRAINT model_alias_equipment_id_power_model_version_fkey FOREIGN KEY (equipment_id, power, model_version) REFERENCES ml.serve_ml_models(equipment_id, power, model_version);

ALTER TABLE ONLY ml.model_alias_history
    ADD CONSTRAINT model_alias_history_undoes_fkey FOREIGN KEY (undoes) REFERENCES ml.model_alias_history(id);

ALTER TABLE ONLY ml.score_day
    ADD CONSTRAINT score_day_model_id_fkey FOREIGN KEY (model_id) REFERENCES ml.serve_ml_models(id) ON DELETE CASCADE;

ALTER TABLE ONLY ops.job_run
    ADD CONSTRAINT job_run_job_id_fkey FOREIGN KEY (job_id) REFERENCES ops.job(job_id) ON DELETE CASCADE;

ALTER TABLE ONLY plant.maintenance
    ADD CONSTRAINT maintenance_equipment_id_fkey FOREIGN KEY (equipment_id) REFERENCES plant.equipment(id) ON UPDATE CASCADE ON DELETE CASCADE;

ALTER TABLE ONLY plant.sensor
    ADD CONSTRAINT sensor_equipment_id_fkey FOREIGN KEY (equipment_id) REFERENCES plant.equipment(id) ON UPDATE CASCADE ON DELETE RESTRICT;

ALTER TABLE ONLY relay.delivery
    ADD CONSTRAINT delivery_channel_id_fkey FOREIGN KEY (channel_id) REFERENCES relay.channel(id) ON DELETE CASCADE;

ALTER TABLE ONLY relay.delivery
    ADD CONSTRAINT delivery_seq_fkey FOREIGN KEY (seq) REFERENCES relay.outbox(seq) ON DELETE CASCADE;

ALTER TABLE ONLY relay.route
    ADD CONSTRAINT route_channel_id_fkey FOREIGN KEY (channel_id) REFERENCES relay.channel(id) ON DELETE CASCADE;

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

