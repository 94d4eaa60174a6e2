-- Alarms after OPC UA Part 9 / ISA-18.2. Rules are rows; which sensor a rule watches is worked out once, when a rule or a sensor
-- changes (alarm.signal, alarm.watch), never per sample. Locks: docs/alarms.md, "What locks what".

CREATE TABLE alarm.severity (
    name text PRIMARY KEY CHECK (name ~ '^[a-z_]{1,32}$'),
    rank smallint NOT NULL UNIQUE CHECK (rank BETWEEN 1 AND 1000),
    minimum_confidence float8 NOT NULL UNIQUE CHECK (minimum_confidence BETWEEN 0 AND 1),
    colour text NOT NULL CHECK (colour ~ '^#[0-9a-f]{6}$')
);
COMMENT ON TABLE alarm.severity IS
    'The severities, least first by rank. Seeded; a plant may change colours, and what they are called (relay.phrase, severity.<name>).';
COMMENT ON COLUMN alarm.severity.rank IS 'Higher is worse.';
COMMENT ON COLUMN alarm.severity.minimum_confidence IS
    'A model verdict has this severity when its confidence (0…1) is greater than this.';
COMMENT ON COLUMN alarm.severity.colour IS 'Colour of chat messages and dashboards, #rrggbb.';

CREATE TABLE alarm.message_template (
    condition text NOT NULL CHECK (length(condition) BETWEEN 1 AND 64),
    language text NOT NULL REFERENCES relay.language ON UPDATE CASCADE ON DELETE CASCADE,
    body text NOT NULL CHECK (length(body) BETWEEN 1 AND 2000),
    PRIMARY KEY (condition, language)
);
COMMENT ON TABLE alarm.message_template IS
    'Text of an alarm per condition and language where the rule has none of its own. Fields in braces: see alarm.template_fields().';
COMMENT ON COLUMN alarm.message_template.condition IS
    'alarm.rule.condition, or what of the system failed (what its alarm''s code begins with); that and '':fault'' where a classifier names a fault, that and '':cleared'' when it clears; system, cleared and * for all that have no text of their own (alarm.template_keys).';

CREATE TABLE alarm.known_sensor_type (
    type text PRIMARY KEY CHECK (length(type) BETWEEN 1 AND 64),
    quantity text NOT NULL
);
COMMENT ON TABLE alarm.known_sensor_type IS
    'Sensor types that a rule may select although no sensor has them yet. A type that neither stands here nor on a sensor is taken for a spelling mistake.';

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
    series text CHECK (series ~ '^series_[a-z0-9_]+$'),
    each_minute boolean NOT NULL DEFAULT false,
    may_be_unjudged boolean NOT NULL DEFAULT false
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
COMMENT ON COLUMN alarm.condition.each_minute IS
    'Its series has one number at each full minute, made of the minutes before: the rollup of a minute says the same.';
COMMENT ON COLUMN alarm.condition.may_be_unjudged IS
    'A sensor may lack what it takes (a baseline, a class, another sensor): alarm.compile then makes no signal.';
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

CREATE TABLE alarm.rule (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL UNIQUE CHECK (length(name) BETWEEN 1 AND 200),
    description text CHECK (length(description) <= 4000),
    owner text CHECK (length(owner) <= 200),
    enabled boolean NOT NULL DEFAULT true,
    condition text NOT NULL REFERENCES alarm.condition ON UPDATE CASCADE,
    low_low float8,
    low float8,
    high float8,
    high_high float8,
    deadband float8 NOT NULL DEFAULT 0,
    severity text NOT NULL DEFAULT 'medium' REFERENCES alarm.severity ON UPDATE CASCADE,
    severity_low_low text REFERENCES alarm.severity ON UPDATE CASCADE,
    severity_low text REFERENCES alarm.severity ON UPDATE CASCADE,
    severity_high text REFERENCES alarm.severity ON UPDATE CASCADE,
    severity_high_high text REFERENCES alarm.severity ON UPDATE CASCADE,
    on_delay interval NOT NULL DEFAULT '0',
    off_delay interval NOT NULL DEFAULT '0',
    re_alarm interval,
    escalate_after interval,
    escalate_to text REFERENCES alarm.severity ON UPDATE CASCADE,
    latched boolean NOT NULL DEFAULT false,
    chatter_count integer DEFAULT 5 CHECK (chatter_count BETWEEN 2 AND 100),
    chatter_window interval NOT NULL DEFAULT '1 minute',
    chatter_quiet interval NOT NULL DEFAULT '5 minutes',
    parameters jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(parameters) = 'object'),
    select_equipment text[],
    select_equipment_type text[],
    select_location text[],
    select_tags text[],
    select_sensor text[],
    select_sensor_type text[],
    family text CHECK (length(family) BETWEEN 1 AND 200),
    parent_rule bigint REFERENCES alarm.rule ON DELETE SET NULL,
    message jsonb CHECK (jsonb_typeof(message) = 'object'),
    notify text[],
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    updated_by text NOT NULL DEFAULT session_user
);
COMMENT ON TABLE alarm.rule IS
    'What is worth an alarm. INSERT, UPDATE and DELETE in psql are welcome: triggers check the rule, keep its versions and assign it to sensors. SET LOCAL millwright.reason = ''…'' says why.';
COMMENT ON COLUMN alarm.rule.condition IS
    'alarm.condition.name. above, below, outside, inside hold the value against the limits, the others a number that they derive first.';
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
COMMENT ON COLUMN alarm.rule.chatter_count IS
    'Raised so often within chatter_window, the alarm chatters: it then clears only after it stayed calm for chatter_quiet. NULL: never damped.';
COMMENT ON COLUMN alarm.rule.chatter_window IS 'See chatter_count.';
COMMENT ON COLUMN alarm.rule.chatter_quiet IS 'See chatter_count.';
COMMENT ON COLUMN alarm.rule.parameters IS 'What the derived conditions need: see alarm.condition_parameter.';
COMMENT ON COLUMN alarm.rule.select_equipment IS 'Equipment ids; * and ? are wildcards. NULL selects all (so for every select_ column; all of them must hold).';
COMMENT ON COLUMN alarm.rule.select_equipment_type IS 'Equipment types.';
COMMENT ON COLUMN alarm.rule.select_location IS 'Locations of sensor or equipment; * and ? are wildcards.';
COMMENT ON COLUMN alarm.rule.select_tags IS 'Tags that equipment and sensor together must all have.';
COMMENT ON COLUMN alarm.rule.select_sensor IS 'Sensor names; * and ? are wildcards.';
COMMENT ON COLUMN alarm.rule.select_sensor_type IS 'Sensor types.';
COMMENT ON COLUMN alarm.rule.family IS
    'Rules of one family override each other: a sensor is watched by the most specific one only (alarm.rule_assignment shows which and why). NULL: overrides nothing.';
COMMENT ON COLUMN alarm.rule.parent_rule IS 'While the parent rule has an active alarm on the same equipment, this rule''s alarms are suppressed.';
COMMENT ON COLUMN alarm.rule.message IS 'Own text per language (relay.language), {"ko": "…", "en": "…"}; NULL takes alarm.message_template.';
COMMENT ON COLUMN alarm.rule.notify IS
    'Transitions that become an outbox row (alarm.transition_kind). NULL: the usual ones and whatever an enabled route names (alarm.told_kinds); a list: these and no others, {} none.';
COMMENT ON COLUMN alarm.rule.version IS 'Counts changes; the content of each is in alarm.rule_version.';
CREATE INDEX rule_family_idx ON alarm.rule (family) WHERE family IS NOT NULL;
CREATE INDEX rule_parent_rule_idx ON alarm.rule (parent_rule) WHERE parent_rule IS NOT NULL;

CREATE TABLE alarm.rule_version (
    rule_id bigint NOT NULL,
    version integer NOT NULL,
    operation text NOT NULL CHECK (operation IN ('insert', 'update', 'delete')),
    changed_at timestamptz NOT NULL DEFAULT now(),
    changed_by text NOT NULL,
    reason text CHECK (length(reason) <= 2000),
    definition jsonb NOT NULL,
    changes jsonb NOT NULL DEFAULT '{}',
    PRIMARY KEY (rule_id, version)
);
-- no foreign key to alarm.rule: the history of a deleted rule stays, because alarms name its versions
COMMENT ON TABLE alarm.rule_version IS 'Each state that a rule ever had: who changed it, when, why, what. Written by triggers only.';
COMMENT ON COLUMN alarm.rule_version.definition IS 'The whole rule as it was from then on (for delete: as it was before).';
COMMENT ON COLUMN alarm.rule_version.changes IS '{"column": [old, new]} against the version before.';

CREATE TABLE alarm.signal (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    rule_id bigint NOT NULL,
    equipment_id text NOT NULL,
    sensor_id integer,
    rule_version integer NOT NULL,
    condition text NOT NULL,
    assigned boolean NOT NULL DEFAULT true,
    live boolean NOT NULL,
    low_low float8 NOT NULL DEFAULT '-Infinity',
    low float8 NOT NULL DEFAULT '-Infinity',
    high float8 NOT NULL DEFAULT 'Infinity',
    high_high float8 NOT NULL DEFAULT 'Infinity',
    deadband float8 NOT NULL DEFAULT 0,
    on_delay interval NOT NULL DEFAULT '0',
    off_delay interval NOT NULL DEFAULT '0',
    latched boolean NOT NULL DEFAULT false,
    chatter_count integer,
    chatter_window interval NOT NULL DEFAULT '1 minute',
    chatter_quiet interval NOT NULL DEFAULT '5 minutes',
    parameter float8,
    severities text[] NOT NULL,
    quiet_low float8 NOT NULL,
    quiet_high float8 NOT NULL,
    specificity integer NOT NULL DEFAULT 0,
    basis jsonb,
    fresh boolean NOT NULL DEFAULT true,
    bundle_kind text,
    power text,
    CONSTRAINT signal_key UNIQUE NULLS NOT DISTINCT (rule_id, equipment_id, sensor_id, bundle_kind, power)
);
COMMENT ON TABLE alarm.signal IS
    'One row per rule and sensor (or whole equipment) that it watches, with the limits in the sensor''s own unit. Worked out by alarm.refresh_assignments; ingest only reads it. A pair that ended is kept as not assigned until alarm.tick has closed its alarm.';
COMMENT ON COLUMN alarm.signal.sensor_id IS 'plant.sensor.id; NULL where the rule judges the whole equipment (model verdict, RUL).';
COMMENT ON COLUMN alarm.signal.parameter IS 'rate_of_change: shortest step in seconds; flat_line: largest change that still counts as none.';
COMMENT ON COLUMN alarm.signal.severities IS 'Severity of low_low, low, high, high_high.';
COMMENT ON COLUMN alarm.signal.live IS 'Judged sample by sample in the ingest transaction; otherwise alarm.tick and the jobs feed it.';
COMMENT ON COLUMN alarm.signal.quiet_low IS 'A value within quiet_low … quiet_high cannot change a normal state.';
COMMENT ON COLUMN alarm.signal.quiet_high IS 'See quiet_low. An empty band (Infinity … -Infinity) lets every sample count.';
COMMENT ON COLUMN alarm.signal.basis IS 'Where limits that are not in the rule come from (baseline, vibration zone table).';
COMMENT ON COLUMN alarm.signal.fresh IS 'Compiled anew and not yet held against the value that stands: alarm.tick does it within a second (alarm.judge_standing).';
COMMENT ON COLUMN alarm.signal.bundle_kind IS
    'Model verdicts and estimates of remaining life: which kind of bundle speaks (ml.bundle_kind). Each kind and power of a machine has a signal of its own from the first thing that it finds (alarm.bundle_signals), so that none clears another''s alarm. NULL with power NULL: none has found anything yet.';
COMMENT ON COLUMN alarm.signal.power IS 'Of which power the bundle is that speaks. See bundle_kind.';
CREATE INDEX signal_bundle_idx ON alarm.signal (equipment_id) WHERE sensor_id IS NULL;
CREATE INDEX signal_fresh_idx ON alarm.signal (id) WHERE fresh;
CREATE INDEX signal_sensor_id_idx ON alarm.signal (sensor_id) WHERE assigned AND live;
CREATE INDEX signal_equipment_id_idx ON alarm.signal (equipment_id);
CREATE INDEX signal_unassigned_idx ON alarm.signal (id) WHERE NOT assigned;
CREATE INDEX signal_verdict_idx ON alarm.signal (equipment_id) WHERE condition = 'model_verdict' AND assigned;

CREATE TABLE alarm.watch (
    sensor_id integer PRIMARY KEY,
    quiet_low float8 NOT NULL,
    quiet_high float8 NOT NULL,
    signals integer NOT NULL
) WITH (fillfactor = 80);
COMMENT ON TABLE alarm.watch IS
    'The band in which no live rule of a sensor can leave its normal state: the intersection of its signals'' quiet bands. It makes quiet times cost one look-up per sensor and batch.';
COMMENT ON COLUMN alarm.watch.signals IS 'How many live signals the sensor has.';

CREATE TABLE alarm.state (
    signal_id bigint PRIMARY KEY,
    sensor_id integer,
    idle boolean NOT NULL,
    active smallint NOT NULL DEFAULT 0,
    since timestamptz[] NOT NULL DEFAULT '{NULL,NULL,NULL,NULL}',
    next_due timestamptz,
    last_time timestamptz,
    last_value float8,
    zone smallint NOT NULL DEFAULT 240,
    peak float8,
    anchor_time timestamptz,
    anchor_value float8,
    raises timestamptz[] NOT NULL DEFAULT '{}',
    chattering boolean NOT NULL DEFAULT false,
    checkpoint_at timestamptz
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
COMMENT ON TABLE alarm.state IS
    'Durable state of the machine per signal. Only signals that ever left normal have a row; a restart loses no delay because the timers are times, not timers.';
COMMENT ON COLUMN alarm.state.idle IS 'Normal, nothing pending, and a sample said so, not the clock alone: the next quiet sample need not be looked at.';
COMMENT ON COLUMN alarm.state.active IS 'Limits that are active, packed as alarm.bit_of says.';
COMMENT ON COLUMN alarm.state.since IS 'Per limit (low_low, low, high, high_high): since when the value asks for the opposite of its active bit.';
COMMENT ON COLUMN alarm.state.next_due IS 'When the next timer fires if no sample stops it.';
COMMENT ON COLUMN alarm.state.last_time IS 'The machine''s clock, on the sensor''s time: the last sample, or the timer that fired after it. Live samples at or before it change what was judged since (alarm.revise).';
COMMENT ON COLUMN alarm.state.zone IS 'What the last value says of each limit, packed as alarm.bit_of says. By default calm: alarm.calm_zone().';
COMMENT ON COLUMN alarm.state.anchor_time IS 'Rate of change and flat line: the sample that they measure from.';
COMMENT ON COLUMN alarm.state.raises IS 'When the alarm was raised lately (chatter detection).';
COMMENT ON COLUMN alarm.state.checkpoint_at IS 'A state is kept in alarm.checkpoint again when the machine''s clock is alarm.checkpoint_every further than this.';
CREATE INDEX state_sensor_id_idx ON alarm.state (sensor_id) WHERE NOT idle;
CREATE INDEX state_next_due_idx ON alarm.state (next_due) WHERE next_due IS NOT NULL;

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

CREATE TABLE alarm.alarm (
    id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    rule_id bigint,
    rule_version integer,
    code text NOT NULL CHECK (length(code) BETWEEN 1 AND 200),
    signal_id bigint,
    equipment_id text,
    sensor_id integer,
    condition text NOT NULL,
    level text NOT NULL,
    severity text NOT NULL,
    worst_severity text NOT NULL,
    value float8,
    limit_value float8,
    peak_value float8,
    raised_at timestamptz NOT NULL,
    cleared_at timestamptz,
    active boolean NOT NULL DEFAULT true,
    acknowledged boolean NOT NULL DEFAULT false,
    acknowledged_at timestamptz,
    acknowledged_by text,
    confirmed boolean NOT NULL DEFAULT false,
    confirmed_at timestamptz,
    confirmed_by text,
    shelved text CHECK (shelved IN ('one_shot', 'timed')),
    shelved_until timestamptz,
    suppressed_by text[] NOT NULL DEFAULT '{}',
    out_of_service boolean NOT NULL DEFAULT false,
    latched boolean NOT NULL DEFAULT false,
    chattering boolean NOT NULL DEFAULT false,
    occurrences integer NOT NULL DEFAULT 1,
    re_alarms integer NOT NULL DEFAULT 0,
    announced_at timestamptz NOT NULL,
    escalated_at timestamptz,
    kept_message jsonb,
    data jsonb NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    told boolean NOT NULL DEFAULT false,
    retracted_at timestamptz,
    CONSTRAINT alarm_cleared_at_check CHECK (active = (cleared_at IS NULL)),
    CONSTRAINT alarm_retracted_at_check CHECK (retracted_at IS NULL OR NOT active)
) WITH (fillfactor = 80);
COMMENT ON TABLE alarm.alarm IS
    'One row per alarm from raise to clear; the axes of OPC UA Part 9 are independent columns. Operators act through functions (alarm.acknowledge …), never by UPDATE. No foreign keys: history outlives machines and rules, and only alarm.settle and alarm.raise_event write here, in the ingest transaction, where each key would cost a look-up per alarm.';
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
COMMENT ON COLUMN alarm.alarm.kept_message IS 'Text by language, of an alarm from before texts were made when they are read. alarm.message(alarm) reads either.';
COMMENT ON COLUMN alarm.alarm.announced_at IS 'Last raised or re-announced: re-alarm and escalation count from here.';
COMMENT ON COLUMN alarm.alarm.created_at IS 'When the row was written (raised_at is process time).';
COMMENT ON COLUMN alarm.alarm.told IS 'The stream of notifications has said that it stands. What was raised while it was held is told when the hold ends, and only what was told is told to have cleared.';
COMMENT ON COLUMN alarm.alarm.retracted_at IS 'Taken back: samples that came later say that it never was. It counts in no figure. NULL: a real alarm.';
CREATE INDEX alarm_untold_idx ON alarm.alarm (id) WHERE cleared_at IS NULL AND NOT told;
-- one alarm per rule and sensor (a signal is just that pair) until it clears
CREATE UNIQUE INDEX alarm_open_signal_key ON alarm.alarm (signal_id) WHERE cleared_at IS NULL AND signal_id IS NOT NULL;
CREATE UNIQUE INDEX alarm_open_code_key ON alarm.alarm (code, equipment_id) NULLS NOT DISTINCT
    WHERE cleared_at IS NULL AND signal_id IS NULL;
CREATE INDEX alarm_open_idx ON alarm.alarm (rule_id, id) WHERE cleared_at IS NULL;
CREATE INDEX alarm_raised_at_idx ON alarm.alarm (raised_at DESC, id DESC);
CREATE INDEX alarm_equipment_id_raised_at_idx ON alarm.alarm (equipment_id, raised_at DESC);

CREATE TABLE alarm.transition_kind (
    kind text PRIMARY KEY CHECK (kind ~ '^[a-z][a-z_]{0,31}$'),
    place smallint NOT NULL,
    meaning text NOT NULL,
    told boolean NOT NULL DEFAULT false,
    opens boolean NOT NULL DEFAULT false,
    closes boolean NOT NULL DEFAULT false,
    stands boolean NOT NULL DEFAULT false,
    grades boolean NOT NULL DEFAULT false,
    holds boolean NOT NULL DEFAULT false,
    frees boolean NOT NULL DEFAULT false,
    hindsight boolean NOT NULL DEFAULT false,
    judged boolean NOT NULL DEFAULT false,
    by_people boolean NOT NULL DEFAULT false,
    CONSTRAINT transition_kind_stands_check CHECK (stands >= (opens OR frees OR grades) AND NOT (stands AND closes)),
    CONSTRAINT transition_kind_holds_check CHECK (num_nonnulls(nullif(opens, false), nullif(closes, false), nullif(holds, false),
        nullif(frees, false)) <= 1)
);
COMMENT ON TABLE alarm.transition_kind IS
    'What can happen to an alarm, and what that does to whoever was told of it. Everything that asks "which kinds …" reads it here. relay.phrase event.<kind> is what people call it. Only the owner of the schema writes it: a kind comes with the function that writes it.';
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
REVOKE ALL ON alarm.transition_kind FROM PUBLIC;

CREATE TABLE alarm.transition (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    alarm_id bigint NOT NULL,
    kind text NOT NULL,
    occurred_at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    actor text NOT NULL DEFAULT 'system' CHECK (length(actor) BETWEEN 1 AND 200),
    comment text CHECK (length(comment) <= 4000),
    severity text NOT NULL,
    level text NOT NULL,
    value float8,
    limit_value float8,
    data jsonb
);
-- kind has no foreign key: a key would lock one row for every alarm of every ingest transaction. A trigger asks once a statement.
COMMENT ON TABLE alarm.transition IS 'Everything that ever happened to an alarm: which, when, by whom, with what comment. Never changed.';
COMMENT ON COLUMN alarm.transition.kind IS 'What happened: a row of alarm.transition_kind.';
COMMENT ON COLUMN alarm.transition.occurred_at IS 'Process time for what samples do, wall time for what people do.';
COMMENT ON COLUMN alarm.transition.data IS 'alarm.alarm.data at that moment; NULL: empty then, or as it is now.';
COMMENT ON COLUMN alarm.transition.actor IS 'A user, or system for the machine.';
CREATE INDEX transition_alarm_id_idx ON alarm.transition (alarm_id, id);
CREATE INDEX transition_occurred_at_idx ON alarm.transition USING brin (occurred_at);

CREATE TABLE alarm.hold (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    signal_id bigint,
    code text NOT NULL,
    equipment_id text,
    kind text NOT NULL CHECK (kind IN ('one_shot', 'timed', 'suppressed', 'out_of_service')),
    until timestamptz,
    actor text NOT NULL,
    comment text CHECK (length(comment) <= 4000),
    started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    ended_at timestamptz,
    ended_by text,
    CONSTRAINT hold_until_check CHECK (until > started_at)
);
COMMENT ON TABLE alarm.hold IS
    'Shelvings, operators'' suppressions and out-of-service marks. They belong to rule and sensor (signal_id; a system alarm: code), not to one alarm: an alarm that is raised again meanwhile is held too.';
COMMENT ON COLUMN alarm.hold.kind IS 'one_shot: shelved until the alarm clears, at most until; timed: shelved until; the others until they are ended.';
COMMENT ON COLUMN alarm.hold.ended_at IS 'NULL: still holds.';
CREATE UNIQUE INDEX hold_open_key ON alarm.hold (signal_id, code, equipment_id, (CASE kind WHEN 'one_shot' THEN 'timed' ELSE kind END))
    NULLS NOT DISTINCT WHERE ended_at IS NULL;
CREATE INDEX hold_until_idx ON alarm.hold (until) WHERE ended_at IS NULL;

CREATE TYPE alarm.outcome AS (
    signal_id bigint,
    active_before smallint,
    active smallint,
    since timestamptz[],
    next_due timestamptz,
    last_time timestamptz,
    last_value float8,
    zone smallint,
    peak float8,
    anchor_time timestamptz,
    anchor_value float8,
    raises timestamptz[],
    chattering boolean,
    event_time timestamptz[],
    event_active smallint[],
    event_value float8[],
    event_peak float8[]
);
COMMENT ON TYPE alarm.outcome IS 'What the state machine made of some samples of one signal: its new state and the changes on the way, in time order.';

CREATE TABLE alarm.known_fault (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    equipment_id text NOT NULL REFERENCES plant.equipment ON UPDATE CASCADE ON DELETE CASCADE,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    label text CHECK (length(label) <= 200),
    source text CHECK (length(source) <= 200),
    CONSTRAINT known_fault_time_check CHECK (ends_at > starts_at)
);
COMMENT ON TABLE alarm.known_fault IS
    'When a machine is known to have been faulty (from work orders, labels of a recording …): what backtests are held against.';
CREATE INDEX known_fault_equipment_id_starts_at_idx ON alarm.known_fault (equipment_id, starts_at);

CREATE TABLE alarm.rule_test (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    rule_id bigint NOT NULL REFERENCES alarm.rule ON DELETE CASCADE,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    samples jsonb NOT NULL CHECK (jsonb_typeof(samples) = 'array'),
    until float8,
    expected jsonb NOT NULL CHECK (jsonb_typeof(expected) = 'array'),
    sensor_id integer REFERENCES plant.sensor ON DELETE CASCADE,
    CONSTRAINT rule_test_rule_id_name_key UNIQUE (rule_id, name)
);
COMMENT ON TABLE alarm.rule_test IS
    'Unit tests of rules: given samples, expected transitions. SELECT * FROM alarm.run_rule_tests() runs them through the machine that ingest uses.';
COMMENT ON COLUMN alarm.rule_test.samples IS '[[seconds, value], …] from an arbitrary start, in any order.';
COMMENT ON COLUMN alarm.rule_test.until IS 'Seconds to which the clock goes on after the last sample; NULL: no further.';
COMMENT ON COLUMN alarm.rule_test.expected IS
    '[["raised", 6], ["severity_changed", 9, "high_high"], ["cleared", 23]]: kind, seconds and, if it matters, the limit.';
COMMENT ON COLUMN alarm.rule_test.sensor_id IS 'For rules whose limits depend on the sensor (baseline, vibration zone).';

CREATE TABLE alarm.operating_state (
    equipment_id text NOT NULL,
    state text NOT NULL CHECK (length(state) BETWEEN 1 AND 64 AND state NOT IN ('*', 'each')),
    sensor text NOT NULL,
    low float8 NOT NULL DEFAULT '-Infinity',
    high float8 NOT NULL DEFAULT 'Infinity',
    PRIMARY KEY (equipment_id, state),
    CONSTRAINT operating_state_equipment_id_sensor_fkey FOREIGN KEY (equipment_id, sensor)
        REFERENCES plant.sensor (equipment_id, name) ON UPDATE CASCADE ON DELETE CASCADE,
    CONSTRAINT operating_state_high_check CHECK (high > low),
    CONSTRAINT operating_state_number_check CHECK (low <> 'NaN' AND high <> 'NaN')
);
COMMENT ON TABLE alarm.operating_state IS
    'Which operating state a machine is in, told from one of its own sensors: the state whose band holds the sensor''s last value. All states of a machine name the same sensor and their bands do not overlap (refused otherwise). A value in no band is no state.';
COMMENT ON COLUMN alarm.operating_state.state IS 'Name of the state, as alarm.baseline.state has it.';
COMMENT ON COLUMN alarm.operating_state.sensor IS 'plant.sensor.name of the machine''s sensor that tells the state (speed, load, a status number …).';
COMMENT ON COLUMN alarm.operating_state.low IS 'The state holds from this value, in the sensor''s unit.';
COMMENT ON COLUMN alarm.operating_state.high IS 'Up to this value, exclusive.';
CREATE INDEX operating_state_equipment_id_sensor_idx ON alarm.operating_state (equipment_id, sensor);

CREATE TABLE alarm.baseline (
    sensor_id integer NOT NULL REFERENCES plant.sensor ON DELETE CASCADE,
    state text NOT NULL DEFAULT '*' CHECK (length(state) BETWEEN 1 AND 64),
    centre float8 NOT NULL,
    spread float8 NOT NULL CHECK (spread > 0),
    lowest float8 NOT NULL,
    highest float8 NOT NULL,
    samples bigint NOT NULL,
    learned_from timestamptz NOT NULL,
    learned_to timestamptz NOT NULL,
    learned_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    hour_of_week smallint NOT NULL DEFAULT -1 CHECK (hour_of_week BETWEEN -1 AND 167),
    PRIMARY KEY (sensor_id, state, hour_of_week),
    -- a limit in spreads (at most 1e100) times a spread, and a deviation in spreads, stay within float8
    CONSTRAINT baseline_number_check CHECK (abs(centre) <= 1e100 AND spread BETWEEN 1e-150 AND 1e150)
);
COMMENT ON TABLE alarm.baseline IS
    'What is normal for a sensor, learned by alarm.learn_baseline from a time that was: robust centre (median) and spread (1.4826 × median absolute deviation, which for a normal distribution is the standard deviation).';
COMMENT ON COLUMN alarm.baseline.state IS 'Operating state of the machine (alarm.operating_state); * for all.';
COMMENT ON COLUMN alarm.baseline.spread IS 'In the sensor''s unit; at least the smallest step between its values.';
COMMENT ON COLUMN alarm.baseline.hour_of_week IS
    '0 (Monday from 0:00) to 167 (Sunday from 23:00) in the setting plant.time_zone; -1: all hours together. Hours with too few samples have no row.';

CREATE TABLE alarm.vibration_zone (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    standard text NOT NULL,
    machine_class text NOT NULL,
    unit text NOT NULL,
    minimum_kw float8,
    maximum_kw float8,
    boundary_ab float8 NOT NULL,
    boundary_bc float8 NOT NULL,
    boundary_cd float8 NOT NULL,
    source text NOT NULL,
    CONSTRAINT vibration_zone_key UNIQUE (standard, machine_class, unit),
    CONSTRAINT vibration_zone_boundary_check CHECK (0 < boundary_ab AND boundary_ab < boundary_bc AND boundary_bc < boundary_cd),
    CONSTRAINT vibration_zone_number_check CHECK (boundary_cd <= 1e100)
);
COMMENT ON TABLE alarm.vibration_zone IS
    'Boundaries of the vibration zones A|B|C|D (broadband velocity, r.m.s.) of ISO 10816/20816 per machine class, each with its source and where it is valid. A sensor whose machine states no class, or another unit, has no zone.';
COMMENT ON COLUMN alarm.vibration_zone.machine_class IS 'What plant.equipment.specifications ->> ''vibration_class'' must say.';
COMMENT ON COLUMN alarm.vibration_zone.unit IS 'Unit of the boundaries. The sensor''s must be of the same quantity: they are converted into it.';
COMMENT ON COLUMN alarm.vibration_zone.minimum_kw IS 'Rated power from which the class is valid (specifications ->> ''rated_power_kw''); NULL: any.';
COMMENT ON COLUMN alarm.vibration_zone.boundary_bc IS 'Above it a machine is not fit for long continuous operation (alert).';
COMMENT ON COLUMN alarm.vibration_zone.boundary_cd IS 'Above it vibration may damage the machine (danger).';

CREATE TABLE alarm.clock (
    condition text PRIMARY KEY,
    evaluated_to timestamptz NOT NULL
);
COMMENT ON TABLE alarm.clock IS 'When alarm.judge_derived was first run for each of the conditions that are judged by a job (windowed, two_signal, no_data, baseline by hour or state), and how far it has come: a new signal begins there.';

CREATE TABLE alarm.derived_clock (
    signal_id bigint PRIMARY KEY,
    evaluated_from timestamptz NOT NULL,
    evaluated_to timestamptz NOT NULL,
    heard boolean NOT NULL DEFAULT true
) WITH (fillfactor = 50);
COMMENT ON TABLE alarm.derived_clock IS 'How far each of these signals was judged, on its sensor''s own time: the last run of alarm.judge_derived went from evaluated_from to evaluated_to.';
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

CREATE TABLE alarm.expression_run (
    rule_id bigint PRIMARY KEY,
    code text NOT NULL,
    evaluated_at timestamptz NOT NULL DEFAULT '-infinity',
    next_run timestamptz NOT NULL DEFAULT '-infinity',
    failures integer NOT NULL DEFAULT 0,
    duration interval,
    error text,
    approved_under text
);
-- no foreign key to alarm.rule: a session that deletes a rule and has not committed must not hold up the others' evaluation
COMMENT ON TABLE alarm.expression_run IS
    'When each expression rule was evaluated last and how that went. alarm.judge_expressions takes the oldest first, so that a slow one starves nobody.';
COMMENT ON COLUMN alarm.expression_run.code IS 'Code of its system alarm: expression:<name of the rule when it was evaluated>.';
COMMENT ON COLUMN alarm.expression_run.next_run IS 'Not before: an expression that was cut off for taking too long waits twice as long each time, up to an hour.';
COMMENT ON COLUMN alarm.expression_run.failures IS 'Failed evaluations since the last good one.';
COMMENT ON COLUMN alarm.expression_run.duration IS 'How long the last evaluation took, for all machines of the rule.';
COMMENT ON COLUMN alarm.expression_run.error IS 'SQLSTATE and message of the last failure; NULL when the last evaluation was good.';
COMMENT ON COLUMN alarm.expression_run.approved_under IS 'Fingerprint of the rule''s SQL and of what it may use (alarm.allowance_state) when it was judged last; another one: it is judged again before it runs.';

-- role alarm_expression parses rules here, as views that never outlive the statement that made them
CREATE SCHEMA alarm_scratch AUTHORIZATION alarm_expression;
COMMENT ON SCHEMA alarm_scratch IS 'Where alarm.parse_expression has the server parse a rule''s SQL. Always empty.';

CREATE TABLE alarm.allowed_routine (
    kind text NOT NULL CHECK (kind IN ('function', 'operator')),
    name text NOT NULL CHECK (name ~ '^[a-z_][a-z0-9_]*[.].+$' AND length(name) <= 128),
    arguments text NOT NULL DEFAULT '*' CHECK (length(arguments) BETWEEN 0 AND 500),
    at_most integer CHECK (at_most > 0),
    enabled boolean NOT NULL DEFAULT true,
    description text CHECK (length(description) <= 1000),
    PRIMARY KEY (kind, name, arguments)
);
COMMENT ON TABLE alarm.allowed_routine IS
    'The functions (aggregates, window functions and casts are functions, too) and operators that parameters.sql of a rule may use. What builds big values, waits, writes or reaches outside does not belong here. Extended by an administrator; a seeded row that is not wanted is disabled, not deleted.';
COMMENT ON COLUMN alarm.allowed_routine.name IS 'schema.name';
COMMENT ON COLUMN alarm.allowed_routine.arguments IS
    'Argument types as pg_catalog.oidvectortypes prints them (''double precision, double precision''). *: every one of the name whose argument and result types are all in alarm.allowed_type, no set returned. A signature of its own goes before *.';
COMMENT ON COLUMN alarm.allowed_routine.at_most IS 'How often one expression may use it. NULL: any number.';

CREATE TABLE alarm.allowed_type (
    type text PRIMARY KEY CHECK (length(type) <= 128),
    from_text boolean NOT NULL,
    enabled boolean NOT NULL DEFAULT true
);
COMMENT ON TABLE alarm.allowed_type IS 'The types of which parameters.sql of a rule may hold values (and constants that are arrays of them). Extended by an administrator.';
COMMENT ON COLUMN alarm.allowed_type.from_text IS 'Whether it may be made of a text at run time: (sensors ->> ''x'')::float8. A text may say much more than it is long, so not numeric (1e131071); one that names a time zone stays in the server''s memory, so no times.';

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
