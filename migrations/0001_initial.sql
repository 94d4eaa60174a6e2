-- The first release: sql/schema in its order, without the ledger. Written by tools/baseline; never edited.

-- sql/schema/005_schemas.sql

-- The rooms of the database. Each comment says what belongs there; what fits none of them needs a decision, not a corner.
CREATE SCHEMA plant;
COMMENT ON SCHEMA plant IS 'What stands in the factory: equipment, sensors, maintenance.';
CREATE SCHEMA ingest;
COMMENT ON SCHEMA ingest IS 'The way in: payload decoders, acceptance of a batch, quarantine and replay.';
CREATE SCHEMA telemetry;
COMMENT ON SCHEMA telemetry IS 'Measured points as they came (hypertable) and the latest value of each sensor.';
CREATE SCHEMA rollup;
COMMENT ON SCHEMA rollup IS 'Continuous aggregates over telemetry: what Grafana and reports read.';
CREATE SCHEMA ml;
COMMENT ON SCHEMA ml IS 'serve_ml bundles, aliases, predictions, baselines and remaining useful life.';
CREATE SCHEMA alarm;
COMMENT ON SCHEMA alarm IS 'Alarm rules, their durable state, alarms and their transitions, KPIs (ISA-18.2).';
CREATE SCHEMA relay;
COMMENT ON SCHEMA relay IS 'The way out: outbox in delivery order, channels, routes, deliveries and dead letters.';
CREATE SCHEMA auth;
COMMENT ON SCHEMA auth IS 'Users, sessions, API keys and the audit trail.';
CREATE SCHEMA api;
COMMENT ON SCHEMA api IS 'What HTTP calls: one function per endpoint, and the route table.';
CREATE SCHEMA report;
COMMENT ON SCHEMA report IS 'Views for people who report with psql and for Grafana.';

-- PUBLIC gets nothing anywhere: what a role may do is granted by name.
REVOKE ALL ON SCHEMA public FROM PUBLIC;
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO millwright, anonymous, viewer, thin;
GRANT USAGE ON SCHEMA plant, telemetry, rollup, ml, alarm, relay, report, ops TO viewer;
GRANT USAGE ON SCHEMA plant, ingest, telemetry, ml, alarm, relay, auth, api, ops TO thin;
GRANT USAGE ON SCHEMA api, auth TO anonymous, viewer;

-- sql/schema/010_plant.sql

-- Equipment and sensors. An equipment is named by the id that its topics carry: there is no second key to translate.

CREATE TABLE plant.equipment (
    id text PRIMARY KEY
        CONSTRAINT equipment_id_check CHECK (id ~ '^[[:alnum:]][[:alnum:]_.:-]{0,63}$'),
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    type text NOT NULL DEFAULT 'unknown' CHECK (length(type) BETWEEN 1 AND 64),
    category text CHECK (length(category) <= 64),
    location text CHECK (length(location) <= 200),
    manufacturer text CHECK (length(manufacturer) <= 200),
    model text CHECK (length(model) <= 200),
    serial_number text CHECK (length(serial_number) <= 200),
    installation_date date,
    warranty_expiry date,
    last_maintenance timestamptz,
    next_maintenance timestamptz,
    status text NOT NULL DEFAULT 'active'
        CONSTRAINT equipment_status_check
        CHECK (status IN ('discovered', 'active', 'inactive', 'maintenance', 'faulty', 'retired')),
    description text CHECK (length(description) <= 4000),
    specifications jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(specifications) = 'object'),
    tags text[] NOT NULL DEFAULT '{}',
    operating_hours float8 NOT NULL DEFAULT 0 CHECK (operating_hours >= 0),
    max_operating_hours float8 CHECK (max_operating_hours > 0),
    criticality text NOT NULL DEFAULT 'medium'
        CONSTRAINT equipment_criticality_check CHECK (criticality IN ('low', 'medium', 'high', 'critical')),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE plant.equipment IS
    'A machine. Registered over HTTP or psql, or by its first message (status discovered). Read by every other room.';
COMMENT ON COLUMN plant.equipment.id IS 'The name that MQTT topics and HTTP paths use (device_id of existing clients).';
COMMENT ON COLUMN plant.equipment.status IS
    'discovered: first heard over MQTT, nobody has described it yet. inactive and retired machines raise no alarms.';
COMMENT ON COLUMN plant.equipment.operating_hours IS 'Hours in operation so far.';
COMMENT ON COLUMN plant.equipment.max_operating_hours IS 'Hours of operation that it is built for.';
COMMENT ON COLUMN plant.equipment.tags IS 'Free labels; alarm rules can select by them.';
CREATE INDEX equipment_type_idx ON plant.equipment (type);
CREATE INDEX equipment_location_idx ON plant.equipment (location);
CREATE INDEX equipment_tags_idx ON plant.equipment USING gin (tags);

CREATE TABLE plant.sensor (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    equipment_id text NOT NULL REFERENCES plant.equipment ON UPDATE CASCADE ON DELETE RESTRICT,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 128),
    type text NOT NULL DEFAULT 'unknown' CHECK (length(type) BETWEEN 1 AND 64),
    unit text CHECK (length(unit) <= 32),
    location text CHECK (length(location) <= 200),
    sampling_rate float8 CHECK (sampling_rate > 0),
    range_min float8,
    range_max float8,
    accuracy float8 CHECK (accuracy >= 0),
    calibration_date date,
    calibration_due date,
    calibration jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(calibration) = 'object'),
    status text NOT NULL DEFAULT 'active'
        CONSTRAINT sensor_status_check CHECK (status IN ('discovered', 'active', 'inactive', 'faulty', 'retired')),
    description text CHECK (length(description) <= 4000),
    tags text[] NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT sensor_equipment_id_name_key UNIQUE (equipment_id, name),
    CONSTRAINT sensor_range_check CHECK (range_min < range_max)
);
COMMENT ON TABLE plant.sensor IS
    'One measured signal of one equipment. Registered over HTTP or psql, or by its first message (status discovered).';
COMMENT ON COLUMN plant.sensor.id IS 'Short key that points carry; stable for the life of the sensor.';
COMMENT ON COLUMN plant.sensor.name IS 'Name within the equipment: current_x, vibration, or the topic''s last level.';
COMMENT ON COLUMN plant.sensor.type IS 'Kind of quantity: current, vibration, temperature, pressure … Alarm rules select by it.';
COMMENT ON COLUMN plant.sensor.unit IS 'Unit of the values (UCUM where one exists: A, mm/s, Cel, bar).';
COMMENT ON COLUMN plant.sensor.sampling_rate IS 'Nominal samples per second (Hz).';
COMMENT ON COLUMN plant.sensor.range_min IS 'Lower end of the measuring range, in the sensor''s unit.';
COMMENT ON COLUMN plant.sensor.range_max IS 'Upper end of the measuring range, in the sensor''s unit.';
COMMENT ON COLUMN plant.sensor.accuracy IS 'Plus/minus, in the sensor''s unit.';
CREATE INDEX sensor_type_idx ON plant.sensor (type);

CREATE TABLE plant.maintenance (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    equipment_id text NOT NULL REFERENCES plant.equipment ON UPDATE CASCADE ON DELETE CASCADE,
    kind text NOT NULL DEFAULT 'window'
        CONSTRAINT maintenance_kind_check CHECK (kind IN ('window', 'work_order')),
    title text NOT NULL CHECK (length(title) BETWEEN 1 AND 200),
    description text CHECK (length(description) <= 4000),
    starts_at timestamptz NOT NULL,
    ends_at timestamptz,
    suppress_alarms boolean NOT NULL DEFAULT true,
    status text NOT NULL DEFAULT 'planned'
        CONSTRAINT maintenance_status_check CHECK (status IN ('planned', 'in_progress', 'done', 'cancelled')),
    assignee text CHECK (length(assignee) <= 200),
    created_by text,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT maintenance_time_check CHECK (ends_at > starts_at)
);
COMMENT ON TABLE plant.maintenance IS
    'Maintenance windows and work orders. While one is open and suppress_alarms is set, alarms of the equipment are suppressed.';
COMMENT ON COLUMN plant.maintenance.ends_at IS 'NULL: open until somebody sets it.';
CREATE INDEX maintenance_equipment_id_starts_at_idx ON plant.maintenance (equipment_id, starts_at);

-- sql/schema/020_ingest.sql

-- The way in. A payload format is a row in topic_decoder and a SQL function: adding one needs no Swift.

CREATE TYPE ingest.point AS (
    ordinal integer,
    equipment text,
    sensor text,
    sensor_type text,
    unit text,
    time timestamptz,
    value float8,
    quality smallint,
    is_historical boolean,
    error text,
    error_detail text
);
COMMENT ON TYPE ingest.point IS
    'What a decoder returns per measured value: which message of the batch (ordinal), whose signal, when, how much; or an error code that sends the message to quarantine.';

CREATE TABLE ingest.topic_decoder (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    topic_filter text NOT NULL UNIQUE
        CONSTRAINT topic_decoder_topic_filter_check
        CHECK (topic_filter ~ '^[^/+#%_\\]*[^+#%\\]*$' AND topic_filter ~ '\{equipment\}' AND length(topic_filter) <= 256),
    decoder regproc,
    priority smallint NOT NULL DEFAULT 100,
    enabled boolean NOT NULL DEFAULT true,
    description text NOT NULL CHECK (length(description) BETWEEN 1 AND 1000),
    -- derived once, so that matching a topic is one comparison and one LIKE
    levels integer NOT NULL GENERATED ALWAYS AS (
        length(topic_filter) - length(replace(topic_filter, '/', '')) + 1) STORED,
    like_pattern text NOT NULL GENERATED ALWAYS AS (
        regexp_replace(replace(topic_filter, '_', '\_'), '\{[a-z]+\}', '%', 'g')) STORED,
    equipment_level integer NOT NULL GENERATED ALWAYS AS (
        length(split_part(topic_filter, '{equipment}', 1))
        - length(replace(split_part(topic_filter, '{equipment}', 1), '/', '')) + 1) STORED,
    sensor_level integer GENERATED ALWAYS AS (
        CASE WHEN topic_filter LIKE '%{sensor}%' THEN
            length(split_part(topic_filter, '{sensor}', 1))
            - length(replace(split_part(topic_filter, '{sensor}', 1), '/', '')) + 1
        END) STORED
);
COMMENT ON TABLE ingest.topic_decoder IS
    'Which SQL function decodes which topics. {equipment} and {sensor} stand for one topic level each, {any} for one that is not looked at. thin subscribes to the enabled rows and reloads on change.';
COMMENT ON COLUMN ingest.topic_decoder.decoder IS
    'Function (ordinal integer[], equipment text[], sensor text[], payload text[], received_at timestamptz[]) RETURNS SETOF ingest.point. NULL: thin itself reads these messages, because they need arithmetic (features, waveforms).';
COMMENT ON COLUMN ingest.topic_decoder.priority IS 'Where two filters match a topic the lower number wins.';

CREATE TABLE ingest.quarantine (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    topic text NOT NULL,
    payload bytea,
    reason text NOT NULL CHECK (length(reason) <= 64),
    detail text,
    received_at timestamptz NOT NULL,
    quarantined_at timestamptz NOT NULL DEFAULT now(),
    repeated integer NOT NULL DEFAULT 1 CHECK (repeated >= 1),
    status text NOT NULL DEFAULT 'new'
        CONSTRAINT quarantine_status_check CHECK (status IN ('new', 'replayed', 'discarded')),
    handled_at timestamptz,
    handled_by text
);
COMMENT ON TABLE ingest.quarantine IS
    'Messages that could not be stored, with the reason. ingest.replay() sends them through the decoders again once these are mended.';
COMMENT ON COLUMN ingest.quarantine.payload IS
    'The bytes as they came (at most the first 64 KiB). NULL where repeated stands for further messages like the row before.';
COMMENT ON COLUMN ingest.quarantine.reason IS 'Error code, listed in docs/errors.md.';
COMMENT ON COLUMN ingest.quarantine.repeated IS
    'How many messages this row stands for: in one batch only the first hundred of a topic and reason are kept whole (setting ingest.quarantine_per_batch).';
CREATE INDEX quarantine_new_idx ON ingest.quarantine (received_at) WHERE status = 'new';
CREATE INDEX quarantine_topic_received_at_idx ON ingest.quarantine (topic, received_at);

-- sql/schema/030_telemetry.sql

-- Points. Narrow on purpose: 23 bytes of data a row; what describes a sensor stands in plant.sensor.

CREATE TABLE telemetry.reading (
    time timestamptz NOT NULL,
    value float8 NOT NULL,
    sensor_id integer NOT NULL,
    quality smallint NOT NULL DEFAULT 0,
    is_historical boolean NOT NULL DEFAULT false,
    -- the key is what makes a redelivered message change nothing, and the order in which batches are inserted
    CONSTRAINT reading_pkey PRIMARY KEY (sensor_id, time)
);
-- no foreign key to plant.sensor: it would cost a look-up per point
SELECT public.create_hypertable('telemetry.reading', public.by_range('time', INTERVAL '1 day'), create_default_indexes => false);
COMMENT ON TABLE telemetry.reading IS
    'Every stored point, once: (sensor, time) is unique. Written by ingest only. A hypertable with one chunk per day.';
COMMENT ON COLUMN telemetry.reading.time IS 'When it was measured (the payload''s timestamp, else its arrival).';
COMMENT ON COLUMN telemetry.reading.value IS 'Finite value in the sensor''s unit.';
COMMENT ON COLUMN telemetry.reading.sensor_id IS 'plant.sensor.id';
COMMENT ON COLUMN telemetry.reading.quality IS 'OPC UA severity of the status code: 0 good, 1 uncertain, 2 bad.';
COMMENT ON COLUMN telemetry.reading.is_historical IS
    'Arrived late (setting ingest.historical_after) or was marked so by its sender: stored, but fired no live alarm and did not become the latest value.';
CREATE INDEX reading_time_idx ON telemetry.reading USING brin (time) WITH (autosummarize = on, pages_per_range = 32);

CREATE TABLE telemetry.latest (
    sensor_id integer PRIMARY KEY REFERENCES plant.sensor ON DELETE CASCADE,
    time timestamptz NOT NULL DEFAULT '-infinity',
    value float8,
    quality smallint NOT NULL DEFAULT 0,
    received_at timestamptz
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
COMMENT ON TABLE telemetry.latest IS
    'The newest point of each sensor. Moves forward only. Exists because last() uses no index. Its rows are also what ingest locks, in sensor order, so that two batches which share a sensor follow one another.';
COMMENT ON COLUMN telemetry.latest.time IS '-infinity until the first live point: the row is made together with its sensor, so that ingest only ever updates.';
COMMENT ON COLUMN telemetry.latest.received_at IS 'When the broker''s message or the request arrived.';

-- sql/schema/040_alarm.sql

-- Alarms after OPC UA Part 9 / ISA-18.2. Rules are rows; which sensor a rule watches is worked out once, when a rule or a sensor
-- changes (alarm.signal, alarm.watch), never per sample. Locks: docs/alarms.md, "What locks what".

CREATE TABLE alarm.severity (
    name text PRIMARY KEY CHECK (name ~ '^[a-z_]{1,32}$'),
    rank smallint NOT NULL UNIQUE CHECK (rank BETWEEN 1 AND 1000),
    minimum_confidence float8 NOT NULL UNIQUE CHECK (minimum_confidence BETWEEN 0 AND 1),
    colour text NOT NULL CHECK (colour ~ '^#[0-9a-f]{6}$'),
    label_ko text NOT NULL,
    label_en text NOT NULL
);
COMMENT ON TABLE alarm.severity IS 'The severities, least first by rank. Seeded; a plant may rename labels and colours.';
COMMENT ON COLUMN alarm.severity.rank IS 'Higher is worse.';
COMMENT ON COLUMN alarm.severity.minimum_confidence IS
    'A model verdict has this severity when its confidence (0…1) is greater than this.';
COMMENT ON COLUMN alarm.severity.colour IS 'Colour of chat messages and dashboards, #rrggbb.';

CREATE TABLE alarm.message_template (
    condition text NOT NULL CHECK (length(condition) BETWEEN 1 AND 64),
    language text NOT NULL CHECK (language ~ '^[a-z]{2}$'),
    body text NOT NULL CHECK (length(body) BETWEEN 1 AND 2000),
    PRIMARY KEY (condition, language)
);
COMMENT ON TABLE alarm.message_template IS
    'Text of an alarm per condition and language where the rule has none of its own. Fields in braces: see alarm.template_fields().';
COMMENT ON COLUMN alarm.message_template.condition IS 'alarm.rule.condition or system; that and '':cleared'' when it clears; ''cleared'' and ''*'' for all that have no text of their own.';

CREATE TABLE alarm.known_sensor_type (
    type text PRIMARY KEY CHECK (length(type) BETWEEN 1 AND 64),
    quantity text NOT NULL
);
COMMENT ON TABLE alarm.known_sensor_type IS
    'Sensor types that a rule may select although no sensor has them yet. A type that neither stands here nor on a sensor is taken for a spelling mistake.';

CREATE TABLE alarm.rule (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL UNIQUE CHECK (length(name) BETWEEN 1 AND 200),
    description text CHECK (length(description) <= 4000),
    owner text CHECK (length(owner) <= 200),
    enabled boolean NOT NULL DEFAULT true,
    condition text NOT NULL CHECK (condition IN (
        'above', 'below', 'outside', 'inside', 'rate_of_change', 'flat_line', 'no_data', 'windowed', 'baseline', 'two_signal',
        'iso_zone', 'model_verdict', 'rul_below', 'expression')),
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
    notify text[] NOT NULL DEFAULT '{raised,severity_changed,cleared,acknowledged,realarmed,escalated}',
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    updated_by text NOT NULL DEFAULT session_user
);
COMMENT ON TABLE alarm.rule IS
    'What is worth an alarm. INSERT, UPDATE and DELETE in psql are welcome: triggers check the rule, keep its versions and assign it to sensors. SET LOCAL millwright.reason = ''…'' says why.';
COMMENT ON COLUMN alarm.rule.condition IS
    'above, below, outside, inside: the value against the limits. The others derive a number first (docs/alarms.md) and hold that against the limits.';
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
COMMENT ON COLUMN alarm.rule.parameters IS 'What the derived conditions need: see alarm.condition_parameters().';
COMMENT ON COLUMN alarm.rule.select_equipment IS 'Equipment ids; * and ? are wildcards. NULL selects all (so for every select_ column; all of them must hold).';
COMMENT ON COLUMN alarm.rule.select_equipment_type IS 'Equipment types.';
COMMENT ON COLUMN alarm.rule.select_location IS 'Locations of sensor or equipment; * and ? are wildcards.';
COMMENT ON COLUMN alarm.rule.select_tags IS 'Tags that equipment and sensor together must all have.';
COMMENT ON COLUMN alarm.rule.select_sensor IS 'Sensor names; * and ? are wildcards.';
COMMENT ON COLUMN alarm.rule.select_sensor_type IS 'Sensor types.';
COMMENT ON COLUMN alarm.rule.family IS
    'Rules of one family override each other: a sensor is watched by the most specific one only (alarm.rule_assignment shows which and why). NULL: overrides nothing.';
COMMENT ON COLUMN alarm.rule.parent_rule IS 'While the parent rule has an active alarm on the same equipment, this rule''s alarms are suppressed.';
COMMENT ON COLUMN alarm.rule.message IS 'Own text per language, {"ko": "…", "en": "…"}; NULL takes alarm.message_template.';
COMMENT ON COLUMN alarm.rule.notify IS 'Transitions that become an outbox row (alarm.transition.kind).';
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
    CONSTRAINT signal_rule_id_equipment_id_sensor_id_key UNIQUE NULLS NOT DISTINCT (rule_id, equipment_id, sensor_id)
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
CREATE INDEX signal_sensor_id_idx ON alarm.signal (sensor_id) WHERE assigned AND live;
CREATE INDEX signal_equipment_id_idx ON alarm.signal (equipment_id);
CREATE INDEX signal_unassigned_idx ON alarm.signal (id) WHERE NOT assigned;

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
    chattering boolean NOT NULL DEFAULT false
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
COMMENT ON TABLE alarm.state IS
    'Durable state of the machine per signal. Only signals that ever left normal have a row; a restart loses no delay because the timers are times, not timers.';
COMMENT ON COLUMN alarm.state.idle IS 'Normal and nothing pending: the next quiet sample need not be looked at.';
COMMENT ON COLUMN alarm.state.active IS 'Limits that are active: 1 low_low, 2 low, 4 high, 8 high_high (added up).';
COMMENT ON COLUMN alarm.state.since IS 'Per limit (low_low, low, high, high_high): since when the value asks for the opposite of its active bit.';
COMMENT ON COLUMN alarm.state.next_due IS 'When the next timer fires if no sample stops it.';
COMMENT ON COLUMN alarm.state.last_time IS 'The machine''s clock: samples at or before it are ignored.';
COMMENT ON COLUMN alarm.state.zone IS 'What the last value says: bits as in active for beyond the limit, the same times 16 for back behind the deadband.';
COMMENT ON COLUMN alarm.state.anchor_time IS 'Rate of change and flat line: the sample that they measure from.';
COMMENT ON COLUMN alarm.state.raises IS 'When the alarm was raised lately (chatter detection).';
CREATE INDEX state_sensor_id_idx ON alarm.state (sensor_id) WHERE NOT idle;
CREATE INDEX state_next_due_idx ON alarm.state (next_due) WHERE next_due IS NOT NULL;

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
    message jsonb NOT NULL DEFAULT '{}',
    data jsonb NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT alarm_cleared_at_check CHECK (active = (cleared_at IS NULL))
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
COMMENT ON COLUMN alarm.alarm.announced_at IS 'Last raised or re-announced: re-alarm and escalation count from here.';
COMMENT ON COLUMN alarm.alarm.created_at IS 'When the row was written (raised_at is process time).';
-- one alarm per rule and sensor (a signal is just that pair) until it clears
CREATE UNIQUE INDEX alarm_open_signal_key ON alarm.alarm (signal_id) WHERE cleared_at IS NULL AND signal_id IS NOT NULL;
CREATE UNIQUE INDEX alarm_open_code_key ON alarm.alarm (code, equipment_id) NULLS NOT DISTINCT
    WHERE cleared_at IS NULL AND signal_id IS NULL;
CREATE INDEX alarm_open_idx ON alarm.alarm (rule_id, id) WHERE cleared_at IS NULL;
CREATE INDEX alarm_raised_at_idx ON alarm.alarm (raised_at DESC, id DESC);
CREATE INDEX alarm_equipment_id_raised_at_idx ON alarm.alarm (equipment_id, raised_at DESC);

CREATE TABLE alarm.transition (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    alarm_id bigint NOT NULL,
    kind text NOT NULL CHECK (kind IN (
        'raised', 'severity_changed', 'cleared', 'acknowledged', 'confirmed', 'shelved', 'unshelved', 'suppressed', 'unsuppressed',
        'out_of_service', 'in_service', 'realarmed', 'escalated', 'commented', 'reset', 'chatter_started', 'chatter_ended')),
    occurred_at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    actor text NOT NULL DEFAULT 'system' CHECK (length(actor) BETWEEN 1 AND 200),
    comment text CHECK (length(comment) <= 4000),
    severity text NOT NULL,
    level text NOT NULL,
    value float8,
    limit_value float8
);
COMMENT ON TABLE alarm.transition IS 'Everything that ever happened to an alarm: which, when, by whom, with what comment. Never changed.';
COMMENT ON COLUMN alarm.transition.occurred_at IS 'Process time for what samples do, wall time for what people do.';
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
    PRIMARY KEY (sensor_id, state)
);
COMMENT ON TABLE alarm.baseline IS
    'What is normal for a sensor, learned by alarm.learn_baseline from a time that was: robust centre (median) and spread (1.4826 × median absolute deviation, which for a normal distribution is the standard deviation).';
COMMENT ON COLUMN alarm.baseline.state IS 'Operating state of the machine; * for all.';
COMMENT ON COLUMN alarm.baseline.spread IS 'In the sensor''s unit; at least the smallest step between its values.';

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
    CONSTRAINT vibration_zone_boundary_check CHECK (0 < boundary_ab AND boundary_ab < boundary_bc AND boundary_bc < boundary_cd)
);
COMMENT ON TABLE alarm.vibration_zone IS
    'Boundaries of the vibration zones A|B|C|D (broadband velocity, r.m.s.) of ISO 10816/20816 per machine class, each with its source and where it is valid. A sensor whose machine states no class, or another unit, has no zone.';
COMMENT ON COLUMN alarm.vibration_zone.machine_class IS 'What plant.equipment.specifications ->> ''vibration_class'' must say.';
COMMENT ON COLUMN alarm.vibration_zone.unit IS 'Unit that the sensor must have.';
COMMENT ON COLUMN alarm.vibration_zone.minimum_kw IS 'Rated power from which the class is valid (specifications ->> ''rated_power_kw''); NULL: any.';
COMMENT ON COLUMN alarm.vibration_zone.boundary_bc IS 'Above it a machine is not fit for long continuous operation (alert).';
COMMENT ON COLUMN alarm.vibration_zone.boundary_cd IS 'Above it vibration may damage the machine (danger).';

CREATE TABLE alarm.clock (
    condition text PRIMARY KEY,
    evaluated_to timestamptz NOT NULL
);
COMMENT ON TABLE alarm.clock IS 'How far alarm.judge_derived has come with the conditions that are judged by a job (windowed, two_signal).';

-- sql/schema/050_ml.sql

-- serve_ml: which bundles exist, which one speaks for a machine, and what each of them said.

CREATE TABLE ml.serve_ml_models (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    equipment_id text NOT NULL CHECK (length(equipment_id) BETWEEN 1 AND 64),
    power text NOT NULL CHECK (length(power) BETWEEN 1 AND 64),
    model_version text NOT NULL CHECK (length(model_version) BETWEEN 1 AND 64),
    modalities text[] NOT NULL DEFAULT '{}',
    thresholds jsonb NOT NULL DEFAULT '{}',
    class_map jsonb,
    sha256 text,
    bundle_path text NOT NULL,
    "case" text CHECK ("case" IN ('A', 'B', 'C')),
    faults text[] NOT NULL DEFAULT '{}',
    metrics jsonb NOT NULL DEFAULT '{}',
    status text NOT NULL DEFAULT 'ready'
        CONSTRAINT serve_ml_models_status_check CHECK (status IN ('ready', 'rejected', 'missing', 'retired')),
    status_code text,
    status_reason text,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT serve_ml_models_equipment_id_power_model_version_key UNIQUE (equipment_id, power, model_version)
);
COMMENT ON TABLE ml.serve_ml_models IS
    'The bundles that thin found under SERVE_ML_ROOT (ml.sync_models). Only status ready is served. No foreign key to plant.equipment: a bundle may be there before its machine has spoken.';
COMMENT ON COLUMN ml.serve_ml_models.power IS 'Power class of the machine as the bundle''s folder names it, for example 2.2kW.';
COMMENT ON COLUMN ml.serve_ml_models.thresholds IS 'Largest normal reconstruction error by modality (mean squared, in scaled units); null: none.';
COMMENT ON COLUMN ml.serve_ml_models.class_map IS 'Class index to fault name (cases B and C).';
COMMENT ON COLUMN ml.serve_ml_models.sha256 IS 'SHA-256 over the bundle''s files, as hex.';
COMMENT ON COLUMN ml.serve_ml_models."case" IS 'A: autoencoder gate only; B: one fault (binary); C: several faults.';
COMMENT ON COLUMN ml.serve_ml_models.status IS
    'ready: served. rejected: found, but status_code and status_reason say why it is not served. missing: its files are gone. retired: taken out by an engineer.';

CREATE TABLE ml.model_alias (
    equipment_id text NOT NULL,
    power text NOT NULL,
    alias text NOT NULL CONSTRAINT model_alias_alias_check CHECK (alias IN ('champion', 'challenger')),
    model_version text NOT NULL,
    set_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    set_by text NOT NULL DEFAULT session_user,
    reason text,
    PRIMARY KEY (equipment_id, power, alias),
    CONSTRAINT model_alias_equipment_id_power_model_version_fkey FOREIGN KEY (equipment_id, power, model_version)
        REFERENCES ml.serve_ml_models (equipment_id, power, model_version)
);
COMMENT ON TABLE ml.model_alias IS
    'champion: the version that answers and raises alarms. challenger: scored on the same inputs as a shadow; its results are stored and raise nothing. Set by ml.set_alias.';

CREATE TABLE ml.model_alias_history (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    equipment_id text NOT NULL,
    power text NOT NULL,
    alias text NOT NULL,
    model_version text,
    previous_version text,
    set_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    set_by text NOT NULL,
    reason text
);
COMMENT ON TABLE ml.model_alias_history IS 'Every change of an alias: who, when, why, from what to what (NULL: none).';
CREATE INDEX model_alias_history_equipment_id_power_idx ON ml.model_alias_history (equipment_id, power, id);

CREATE TABLE ml.power_rule (
    equipment_id text PRIMARY KEY,
    vibration_factor float8 NOT NULL DEFAULT 10,
    current_factor float8 NOT NULL DEFAULT 1,
    fixed_power text
);
COMMENT ON TABLE ml.power_rule IS
    'How the power class is chosen where a request names none: nearest kW to vibration_factor · vib_rms + current_factor · mean of the non-zero cur_*_rms; or always fixed_power. The row "*" is the default.';
INSERT INTO ml.power_rule (equipment_id) VALUES ('*');

CREATE TABLE ml.serve_ml_predictions (
    time timestamptz NOT NULL,
    equipment_id text NOT NULL,
    power text NOT NULL,
    model_version text NOT NULL,
    stage text NOT NULL DEFAULT 'champion'
        CONSTRAINT serve_ml_predictions_stage_check CHECK (stage IN ('champion', 'challenger', 'requested')),
    source text NOT NULL CONSTRAINT serve_ml_predictions_source_check CHECK (source IN ('mqtt', 'http', 'waveform')),
    "case" text,
    modalities text[] NOT NULL,
    is_anomaly boolean NOT NULL,
    confidence float8 NOT NULL CHECK (confidence BETWEEN 0 AND 1),
    severity text,
    scores jsonb NOT NULL,
    thresholds jsonb NOT NULL,
    ratio jsonb NOT NULL,
    fault_label text,
    fault_probability float8,
    probabilities jsonb,
    contributions jsonb,
    warnings text[] NOT NULL DEFAULT '{}',
    features jsonb,
    latency_us float8,
    received_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    -- a redelivered message that carries its time changes nothing
    CONSTRAINT serve_ml_predictions_pkey PRIMARY KEY (equipment_id, power, model_version, stage, time)
);
SELECT public.create_hypertable('ml.serve_ml_predictions', public.by_range('time', INTERVAL '7 days'), create_default_indexes => false);
COMMENT ON TABLE ml.serve_ml_predictions IS
    'Every prediction with what it was made from, so that an alarm can say why. A hypertable with one chunk a week.';
COMMENT ON COLUMN ml.serve_ml_predictions.stage IS
    'champion: the machine''s model, raises alarms. challenger: a shadow. requested: a version that a client asked for by name.';
COMMENT ON COLUMN ml.serve_ml_predictions.confidence IS '0 to 1, rising with the largest score/threshold ratio.';
COMMENT ON COLUMN ml.serve_ml_predictions.contributions IS
    'The features that contributed most: [{feature, squared_error, share}], largest first.';
COMMENT ON COLUMN ml.serve_ml_predictions.latency_us IS 'Arithmetic only, microseconds.';
CREATE INDEX serve_ml_predictions_time_idx ON ml.serve_ml_predictions USING brin (time);
CREATE INDEX serve_ml_predictions_anomaly_idx ON ml.serve_ml_predictions (equipment_id, time DESC) WHERE is_anomaly;

-- sql/schema/060_relay.sql

-- The way out. A notification is a row of the outbox first; sending it is a second step that may fail and be repeated.

CREATE TABLE relay.sequence (
    singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
    last bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 10);
INSERT INTO relay.sequence DEFAULT VALUES;
COMMENT ON TABLE relay.sequence IS
    'Last delivery number given out. A row and not a SEQUENCE: a writer holds it until commit, so numbers have no gaps and appear in commit order, which is what lets a client resume after the last one that it saw.';

CREATE TABLE relay.outbox (
    seq bigint PRIMARY KEY,
    kind text NOT NULL CHECK (length(kind) BETWEEN 1 AND 32),
    event text CHECK (length(event) <= 32),
    severity text CHECK (length(severity) <= 16),
    equipment_id text,
    sensor_id integer,
    data jsonb NOT NULL CHECK (jsonb_typeof(data) = 'object'),
    created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE relay.outbox IS
    'What happened and may interest somebody outside, in delivery order, written in the transaction in which it happened (relay.publish).';
COMMENT ON COLUMN relay.outbox.seq IS 'Delivery sequence: gapless, in commit order; what WebSocket clients name to resume.';
COMMENT ON COLUMN relay.outbox.kind IS 'alarm, prediction, rul, system, maintenance or test.';
COMMENT ON COLUMN relay.outbox.event IS 'What happened to it: raised, cleared, acknowledged …';
COMMENT ON COLUMN relay.outbox.data IS 'The member data of the WebSocket message.';
CREATE INDEX outbox_created_at_idx ON relay.outbox (created_at);
CREATE INDEX outbox_equipment_id_seq_idx ON relay.outbox (equipment_id, seq);

CREATE TABLE relay.channel (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL UNIQUE CHECK (length(name) BETWEEN 1 AND 64),
    kind text NOT NULL
        CONSTRAINT channel_kind_check CHECK (kind IN ('slack_webhook', 'webhook')),
    target text NOT NULL
        CONSTRAINT channel_target_check
        CHECK (target ~ '^env:[A-Z][A-Z0-9_]*$' OR target ~ '^https?://[^[:space:]]+$'),
    language text NOT NULL DEFAULT 'ko' CHECK (language IN ('ko', 'en')),
    enabled boolean NOT NULL DEFAULT true,
    available boolean NOT NULL DEFAULT true,
    max_attempts integer NOT NULL DEFAULT 12 CHECK (max_attempts BETWEEN 1 AND 100),
    first_delay interval NOT NULL DEFAULT '1 second' CHECK (first_delay > INTERVAL '0'),
    longest_delay interval NOT NULL DEFAULT '10 minutes' CHECK (longest_delay >= first_delay),
    request_timeout interval NOT NULL DEFAULT '10 seconds' CHECK (request_timeout > INTERVAL '0'),
    headers jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(headers) = 'object')
);
COMMENT ON TABLE relay.channel IS 'Where notifications can be sent besides WebSocket clients, and how patiently.';
COMMENT ON COLUMN relay.channel.target IS
    'URL; or env:NAME, which thin takes from its own environment, so that a secret need not stand here.';
COMMENT ON COLUMN relay.channel.available IS 'Whether a running thin has the variable that target names (relay.declare_environment).';
COMMENT ON COLUMN relay.channel.first_delay IS 'Wait after the first failure; doubles with each further one, up to longest_delay, with jitter.';

CREATE TABLE relay.route (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL UNIQUE CHECK (length(name) BETWEEN 1 AND 64),
    channel_id integer NOT NULL REFERENCES relay.channel ON DELETE CASCADE,
    kinds text[],
    events text[],
    severities text[],
    equipment_ids text[],
    equipment_types text[],
    locations text[],
    enabled boolean NOT NULL DEFAULT true
);
COMMENT ON TABLE relay.route IS
    'Which notifications go to which channel. A NULL list means any; all lists must match.';
CREATE INDEX route_channel_id_idx ON relay.route (channel_id);

CREATE TABLE relay.delivery (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    seq bigint NOT NULL REFERENCES relay.outbox ON DELETE CASCADE,
    channel_id integer NOT NULL REFERENCES relay.channel ON DELETE CASCADE,
    status text NOT NULL DEFAULT 'pending'
        CONSTRAINT delivery_status_check CHECK (status IN ('pending', 'sending', 'delivered', 'dead')),
    attempts integer NOT NULL DEFAULT 0,
    next_attempt_at timestamptz DEFAULT clock_timestamp(),
    claimed_by text,
    claimed_until timestamptz,
    last_status integer,
    last_error text,
    delivered_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT delivery_seq_channel_id_key UNIQUE (seq, channel_id)
);
COMMENT ON TABLE relay.delivery IS
    'One notification to one channel. pending → sending (claimed for a while) → delivered, or pending again with back-off, or dead after max_attempts (a dead letter; relay.retry_delivery sends it again).';
COMMENT ON COLUMN relay.delivery.last_status IS 'HTTP status of the last attempt; NULL where none was received.';
COMMENT ON COLUMN relay.delivery.claimed_until IS 'After this moment another worker may take it over: at least once, never lost.';
CREATE INDEX delivery_due_idx ON relay.delivery (next_attempt_at, seq) WHERE status = 'pending';
CREATE INDEX delivery_claimed_idx ON relay.delivery (claimed_until) WHERE status = 'sending';
CREATE INDEX delivery_channel_id_idx ON relay.delivery (channel_id, id);

-- sql/schema/070_auth.sql

-- Who may come in: accounts, sessions, keys, and the trail of what they changed. Secrets are stored as hashes only.

CREATE TABLE auth.account (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    username text NOT NULL
        CONSTRAINT account_username_check CHECK (username ~ '^[[:alnum:]][[:alnum:]_.-]{2,63}$'),
    email text NOT NULL
        CONSTRAINT account_email_check CHECK (
            length(email) <= 254 AND email ~ '^[^[:space:]@<>"]+@[^[:space:]@<>"]+[.][^[:space:]@<>".]+$'),
    full_name text CHECK (length(full_name) <= 200),
    role text NOT NULL DEFAULT 'viewer'
        CONSTRAINT account_role_check CHECK (role IN ('viewer', 'operator', 'engineer', 'admin')),
    password_hash text NOT NULL,
    is_active boolean NOT NULL DEFAULT true,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    password_changed_at timestamptz NOT NULL DEFAULT now(),
    last_login_at timestamptz
);
COMMENT ON TABLE auth.account IS
    'A person or a machine that may log in. Accounts are deactivated, never deleted: the audit trail names them.';
COMMENT ON COLUMN auth.account.username IS 'Unique without regard to case. It cannot contain @, so it never looks like an e-mail address.';
COMMENT ON COLUMN auth.account.role IS 'The PostgreSQL role that the requests of this account run as.';
COMMENT ON COLUMN auth.account.password_hash IS
    'bcrypt of base64(SHA-256(password)), see auth.hash_password. Readable by nobody but the owner.';
CREATE UNIQUE INDEX account_username_key ON auth.account (lower(username));
CREATE UNIQUE INDEX account_email_key ON auth.account (lower(email));

CREATE TABLE auth.session (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    account_id bigint NOT NULL REFERENCES auth.account ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT now(),
    refreshed_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz,
    revoked_reason text
        CONSTRAINT session_revoked_reason_check
        CHECK (revoked_reason IN ('logout', 'password_changed', 'role_changed', 'deactivated', 'refresh_token_reused', 'administrator')),
    address inet,
    CONSTRAINT session_revoked_check CHECK ((revoked_at IS NULL) = (revoked_reason IS NULL))
);
COMMENT ON TABLE auth.session IS
    'One login. Access tokens carry its id; a revoked session refuses them at once (auth.begin_request). Purged some days after it ended.';
COMMENT ON COLUMN auth.session.expires_at IS 'No refresh after this moment: the person logs in again.';
COMMENT ON COLUMN auth.session.address IS 'Where the login came from.';
CREATE INDEX session_account_id_idx ON auth.session (account_id) WHERE revoked_at IS NULL;
CREATE INDEX session_expires_at_idx ON auth.session (expires_at);

CREATE TABLE auth.refresh_token (
    token_hash bytea PRIMARY KEY CHECK (length(token_hash) = 32),
    session_id uuid NOT NULL REFERENCES auth.session ON DELETE CASCADE,
    issued_at timestamptz NOT NULL DEFAULT now(),
    used_at timestamptz
);
COMMENT ON TABLE auth.refresh_token IS
    'SHA-256 of every refresh token of a session. Each works once; a second use means that it was stolen, and ends the session.';
CREATE INDEX refresh_token_session_id_idx ON auth.refresh_token (session_id);

CREATE TABLE auth.api_key (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    account_id bigint NOT NULL REFERENCES auth.account ON DELETE CASCADE,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
    key_hash bytea NOT NULL UNIQUE CHECK (length(key_hash) = 32),
    prefix text NOT NULL CHECK (length(prefix) = 12),
    role text NOT NULL
        CONSTRAINT api_key_role_check CHECK (role IN ('viewer', 'operator', 'engineer', 'admin')),
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz,
    last_used_at timestamptz,
    revoked_at timestamptz
);
COMMENT ON TABLE auth.api_key IS 'A key for a machine: it acts for its account, with a role that is at most the account''s.';
COMMENT ON COLUMN auth.api_key.key_hash IS 'SHA-256 of the key. The key has 256 random bits, so a slow hash would add nothing.';
COMMENT ON COLUMN auth.api_key.prefix IS 'The first 12 characters, to tell keys apart in a list.';
COMMENT ON COLUMN auth.api_key.expires_at IS 'NULL: until it is revoked.';
COMMENT ON COLUMN auth.api_key.last_used_at IS 'Written at most once a minute.';
CREATE INDEX api_key_account_id_idx ON auth.api_key (account_id);

CREATE TABLE auth.ws_ticket (
    ticket_hash bytea PRIMARY KEY CHECK (length(ticket_hash) = 32),
    account_id bigint NOT NULL REFERENCES auth.account ON DELETE CASCADE,
    session_id uuid REFERENCES auth.session ON DELETE CASCADE,
    api_key_id uuid REFERENCES auth.api_key ON DELETE CASCADE,
    role text NOT NULL,
    expires_at timestamptz NOT NULL
);
COMMENT ON TABLE auth.ws_ticket IS
    'One-use tickets for WebSocket clients that cannot send a header (browsers). A ticket is deleted when it is redeemed.';
CREATE INDEX ws_ticket_expires_at_idx ON auth.ws_ticket (expires_at);

CREATE TABLE auth.login_throttle (
    subject bytea PRIMARY KEY CHECK (length(subject) = 32),
    failed_attempts integer NOT NULL CHECK (failed_attempts > 0),
    last_failed_at timestamptz NOT NULL,
    blocked_until timestamptz NOT NULL
);
COMMENT ON TABLE auth.login_throttle IS
    'Failed logins per account, known or not, so that the answer does not tell which names exist. A success deletes the row; so does an hour of peace.';
COMMENT ON COLUMN auth.login_throttle.subject IS
    'SHA-256 of the account''s id, or of the name given when there is no such account: people type passwords into the wrong field.';
CREATE INDEX login_throttle_last_failed_at_idx ON auth.login_throttle (last_failed_at);

CREATE TABLE auth.audit_entry (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    occurred_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    actor text NOT NULL,
    account_id bigint,
    role text NOT NULL,
    address inet,
    request_id text,
    action text NOT NULL CHECK (length(action) <= 64),
    object_type text NOT NULL CHECK (length(object_type) <= 64),
    object_id text,
    before jsonb,
    after jsonb
);
-- no foreign key to auth.account: the trail outlives what it describes
COMMENT ON TABLE auth.audit_entry IS
    'Who changed what, when, from where. Written by auth.audit in the same transaction as the change; append-only for everybody.';
COMMENT ON COLUMN auth.audit_entry.actor IS 'User name of the account, or the database login when it came from psql.';
COMMENT ON COLUMN auth.audit_entry.action IS 'area.verb: user.create, equipment.update, session.login_failed …';
COMMENT ON COLUMN auth.audit_entry.before IS 'The object before the change, without secrets. NULL for a creation.';
COMMENT ON COLUMN auth.audit_entry.after IS 'The object after the change, without secrets. NULL for a deletion.';
CREATE INDEX audit_entry_occurred_at_idx ON auth.audit_entry (occurred_at, id);
CREATE INDEX audit_entry_object_idx ON auth.audit_entry (object_type, object_id, id);
CREATE INDEX audit_entry_account_id_idx ON auth.audit_entry (account_id, id);

-- sql/schema/080_api.sql

-- What HTTP needs to know: routes, the shapes of bodies, which SQLSTATE is which status, answers kept for Idempotency-Key.

CREATE TABLE api.schema_component (
    name text PRIMARY KEY CHECK (name ~ '^[A-Z][A-Za-z0-9]*$'),
    area text NOT NULL,
    definition jsonb NOT NULL CHECK (jsonb_typeof(definition) = 'object')
);
COMMENT ON TABLE api.schema_component IS
    'JSON Schemas of request and response bodies. One source: api.check_body validates requests with them, api.openapi publishes them, and tests hold the answers against them.';

CREATE TABLE api.route (
    method text NOT NULL
        CONSTRAINT route_method_check CHECK (method IN ('GET', 'POST', 'PUT', 'PATCH', 'DELETE')),
    path text NOT NULL
        CONSTRAINT route_path_check CHECK (path ~ '^(/([a-z0-9._-]+|[{][a-z_]+[}]))+$'),
    area text NOT NULL,
    function text
        CONSTRAINT route_function_check CHECK (function ~ '^[a-z_]+[.][a-z0-9_]+$'),
    handler text,
    minimum_role text NOT NULL
        CONSTRAINT route_minimum_role_check CHECK (minimum_role IN ('anonymous', 'viewer', 'operator', 'engineer', 'admin')),
    success_status integer NOT NULL DEFAULT 200
        CONSTRAINT route_success_status_check CHECK (success_status IN (101, 200, 201, 202, 204)),
    body_mode text NOT NULL DEFAULT 'none'
        CONSTRAINT route_body_mode_check CHECK (body_mode IN ('none', 'members', 'whole')),
    body_argument text,
    rate_limit_per_minute integer CHECK (rate_limit_per_minute > 0),
    rate_limit_scope text
        CONSTRAINT route_rate_limit_scope_check CHECK (rate_limit_scope IN ('address', 'account')),
    max_body_bytes integer NOT NULL DEFAULT 65536 CHECK (max_body_bytes BETWEEN 0 AND 67108864),
    response text NOT NULL DEFAULT 'json'
        CONSTRAINT route_response_check CHECK (response IN ('json', 'token', 'empty')),
    summary text NOT NULL CHECK (length(summary) BETWEEN 1 AND 120),
    description text,
    tags text[] NOT NULL DEFAULT '{}',
    timeout_ms integer NOT NULL DEFAULT 10000 CHECK (timeout_ms BETWEEN 10 AND 600000),
    is_idempotent boolean NOT NULL DEFAULT true,
    parameters jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(parameters) = 'array'),
    request_schema jsonb,
    response_schema jsonb,
    errors text[] NOT NULL DEFAULT '{}',
    PRIMARY KEY (method, path),
    CONSTRAINT route_target_check CHECK (num_nonnulls(function, handler) = 1),
    CONSTRAINT route_body_argument_check CHECK ((body_mode = 'whole' AND handler IS NULL) = (body_argument IS NOT NULL)),
    CONSTRAINT route_rate_limit_check CHECK ((rate_limit_per_minute IS NULL) = (rate_limit_scope IS NULL)),
    CONSTRAINT route_response_status_check CHECK ((response = 'empty') = (success_status IN (101, 204)))
);
COMMENT ON TABLE api.route IS
    'Every HTTP endpoint. thin loads it through api.route_catalog and again after each NOTIFY millwright_routes; api.openapi() documents it.';
COMMENT ON COLUMN api.schema_component.area IS 'The file in sql/data that owns the row.';
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
COMMENT ON COLUMN api.route.parameters IS
    'OpenAPI members for single parameters that pg_proc cannot tell: [{"name": …, "schema": {…}, "description": …}].';
COMMENT ON COLUMN api.route.request_schema IS 'JSON Schema of the body. NULL with body_mode members: derived from the function''s arguments.';
COMMENT ON COLUMN api.route.response_schema IS 'JSON Schema of the successful answer.';
COMMENT ON COLUMN api.route.errors IS 'SQLSTATEs of ours that this endpoint may answer with, beside those that every endpoint may.';

CREATE TABLE api.sqlstate_http (
    pattern text PRIMARY KEY
        CONSTRAINT sqlstate_http_pattern_check CHECK (pattern ~ '^([0-9A-Z]{5}|[0-9A-Z]{2,4}%|%)$'),
    status integer NOT NULL CHECK (status BETWEEN 400 AND 599),
    code text NOT NULL,
    title text NOT NULL CHECK (length(title) BETWEEN 1 AND 100),
    meaning text NOT NULL,
    is_message_public boolean NOT NULL DEFAULT false
);
COMMENT ON TABLE api.sqlstate_http IS
    'Which HTTP status an SQLSTATE becomes. The longest pattern that fits wins. docs/errors.md is generated from it.';
COMMENT ON COLUMN api.sqlstate_http.pattern IS 'A whole SQLSTATE, or its beginning and %.';
COMMENT ON COLUMN api.sqlstate_http.code IS 'Member code of the problem. For a pattern with %, the SQLSTATE itself is shown where its message may be.';
COMMENT ON COLUMN api.sqlstate_http.is_message_public IS
    'Whether the error''s own message may be shown to the caller. false: title and meaning are shown instead, and the log has the rest.';

CREATE TABLE api.idempotency (
    owner text NOT NULL,
    key text NOT NULL CHECK (length(key) BETWEEN 1 AND 255),
    fingerprint text NOT NULL CHECK (length(fingerprint) BETWEEN 1 AND 128),
    status integer NOT NULL,
    body jsonb,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (owner, key)
);
COMMENT ON TABLE api.idempotency IS
    'Answers to requests that carried an Idempotency-Key, written in the request''s own transaction and kept for 24 hours.';
COMMENT ON COLUMN api.idempotency.owner IS 'account:<id>, or address:<ip> for a request without a token.';
COMMENT ON COLUMN api.idempotency.fingerprint IS 'Hash over method, path and body, made by thin.';
CREATE INDEX idempotency_created_at_idx ON api.idempotency (created_at);

-- for api.list_alerts: what is active is a small part of a long history
CREATE INDEX alarm_active_idx ON alarm.alarm (raised_at DESC, id DESC) WHERE cleared_at IS NULL;

-- sql/schema/090_ops.sql

-- How the product runs: settings, jobs and their history. The schema itself and the migration ledger are made by 000_ledger.sql.

CREATE TABLE ops.setting (
    name text PRIMARY KEY CHECK (name ~ '^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$'),
    value jsonb NOT NULL,
    description text NOT NULL CHECK (description <> ''),
    unit text,
    updated_at timestamptz NOT NULL DEFAULT now(),
    updated_by text NOT NULL DEFAULT current_user
);
COMMENT ON TABLE ops.setting IS 'Every adjustable number and choice of the product, one row each. Read by ops.setting_int and its kin, changed by ops.set_setting.';
COMMENT ON COLUMN ops.setting.name IS 'area.what, lower case.';
COMMENT ON COLUMN ops.setting.value IS 'A JSON number, string, boolean or null. Intervals are strings such as "15 minutes".';
COMMENT ON COLUMN ops.setting.unit IS 'Unit of a number; interval for a string that is one; NULL for a choice.';

-- One scheduler for both editions: our own jobs always, and on Apache TimescaleDB's policies too (compat.add_job writes here).
CREATE TABLE ops.job (
    job_id integer GENERATED BY DEFAULT AS IDENTITY (START 1000) PRIMARY KEY,
    name text NOT NULL UNIQUE,
    procedure text NOT NULL CHECK (procedure ~ '\.'),
    schedule interval NOT NULL CHECK (schedule > INTERVAL '0'),
    next_start timestamptz NOT NULL DEFAULT now(),
    initial_start timestamptz,
    fixed_schedule boolean NOT NULL DEFAULT false,
    last_start timestamptz,
    last_success timestamptz,
    last_duration interval,
    last_error text,
    running_since timestamptz,
    failures integer NOT NULL DEFAULT 0,
    total_runs bigint NOT NULL DEFAULT 0,
    total_failures bigint NOT NULL DEFAULT 0,
    max_runtime interval NOT NULL DEFAULT '5 minutes' CHECK (max_runtime >= INTERVAL '0'),
    retry_period interval NOT NULL DEFAULT '10 seconds' CHECK (retry_period > INTERVAL '0'),
    max_retries integer NOT NULL DEFAULT -1,
    enabled boolean NOT NULL DEFAULT true,
    config jsonb,
    description text
) WITH (fillfactor = 50);
CREATE INDEX job_next_start_idx ON ops.job (next_start) WHERE enabled;
COMMENT ON TABLE ops.job IS 'What runs by itself. Executed by CALL ops.run_due_jobs(), which each thin process calls; each due job runs once.';
COMMENT ON COLUMN ops.job.procedure IS 'Qualified name of a function or procedure with the arguments (job_id integer, config jsonb), (config jsonb) or none. It runs in one transaction and must not commit.';
COMMENT ON COLUMN ops.job.fixed_schedule IS 'true: starts keep to initial_start + n × schedule; false: schedule counts from the end of the last run.';
COMMENT ON COLUMN ops.job.running_since IS 'Set while a run is under way; what a crashed worker leaves is recognised and counted as a failure.';
COMMENT ON COLUMN ops.job.failures IS 'Failures since the last success. Each doubles retry_period, up to an hour or the schedule.';
COMMENT ON COLUMN ops.job.max_runtime IS 'The worker''s session is ended when a run takes longer; 0: no limit.';
COMMENT ON COLUMN ops.job.max_retries IS 'After so many failed retries the schedule is kept instead; -1: retry for ever.';

CREATE TABLE ops.job_run (
    job_run_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    job_id integer NOT NULL REFERENCES ops.job ON DELETE CASCADE,
    started_at timestamptz NOT NULL,
    finished_at timestamptz NOT NULL,
    succeeded boolean NOT NULL,
    result text,
    sqlstate text,
    error text,
    worker text NOT NULL
);
CREATE INDEX job_run_job_id_started_at_idx ON ops.job_run (job_id, started_at DESC);
CREATE INDEX job_run_started_at_idx ON ops.job_run (started_at);
COMMENT ON TABLE ops.job_run IS 'History of job runs. Runs of jobs that come round more than once a minute are recorded only when they fail. Kept as long as the setting ops.job_run_retention says.';
COMMENT ON COLUMN ops.job_run.result IS 'What a function returned, e.g. a count of rows.';
COMMENT ON COLUMN ops.job_run.worker IS 'application_name and process id of the session that ran it.';
