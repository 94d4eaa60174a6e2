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
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT equipment_number_check CHECK (operating_hours <= 1e9 AND max_operating_hours <= 1e9)
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
    plausible_min float8,
    plausible_max float8,
    CONSTRAINT sensor_range_check CHECK (range_min < range_max),
    CONSTRAINT sensor_plausible_check CHECK (plausible_min < plausible_max),
    -- see telemetry.reading: numbers that can be computed with
    CONSTRAINT sensor_number_check CHECK (
        range_min BETWEEN -1e100 AND 1e100 AND range_max BETWEEN -1e100 AND 1e100
        AND plausible_min BETWEEN -1e100 AND 1e100 AND plausible_max BETWEEN -1e100 AND 1e100)
);
COMMENT ON TABLE plant.sensor IS
    'One measured signal of one equipment. Registered over HTTP or psql, or by its first message (status discovered).';
COMMENT ON COLUMN plant.sensor.id IS 'Short key that points carry; stable for the life of the sensor.';
COMMENT ON COLUMN plant.sensor.name IS 'Name within the equipment: current_x, vibration, or the topic''s last level.';
COMMENT ON COLUMN plant.sensor.type IS 'Kind of quantity: current, vibration, temperature, pressure … Alarm rules select by it.';
COMMENT ON COLUMN plant.sensor.unit IS
    'Unit of the values, in any spelling that plant.unit knows, or a word of the plant''s own. What comes in another unit of the same quantity is converted, what cannot be is refused (unit_mismatch). NULL: not known yet; the first message that names one sets it. Once there are values it can be spelled anew, but not changed: api.update_sensor, relabel.';
COMMENT ON COLUMN plant.sensor.sampling_rate IS 'Nominal samples per second (Hz).';
COMMENT ON COLUMN plant.sensor.range_min IS 'Lower end of the measuring range, in the sensor''s unit.';
COMMENT ON COLUMN plant.sensor.range_max IS 'Upper end of the measuring range, in the sensor''s unit.';
COMMENT ON COLUMN plant.sensor.plausible_min IS 'Values below it are not stored but quarantined as implausible_value, in the sensor''s unit. NULL: the setting ingest.plausible_min. The measuring range only marks values.';
COMMENT ON COLUMN plant.sensor.plausible_max IS 'Values above it are not stored. NULL: the setting ingest.plausible_max.';
COMMENT ON COLUMN plant.sensor.accuracy IS 'Plus/minus, in the sensor''s unit.';
CREATE INDEX sensor_type_idx ON plant.sensor (type);

-- Units. A quantity's first unit is its base; every other one says how its numbers become the base's.
CREATE TABLE plant.unit (
    code text PRIMARY KEY CHECK (length(code) BETWEEN 1 AND 32),
    quantity text NOT NULL CHECK (length(quantity) BETWEEN 1 AND 64),
    symbol text NOT NULL CHECK (length(symbol) BETWEEN 1 AND 32),
    shift float8 NOT NULL DEFAULT 0 CHECK (abs(shift) <= 1e20::float8),
    multiplier float8 NOT NULL DEFAULT 1 CHECK (multiplier BETWEEN 1e-20::float8 AND 1e20::float8),
    divisor float8 NOT NULL DEFAULT 1 CHECK (divisor BETWEEN 1e-20::float8 AND 1e20::float8)
);
COMMENT ON TABLE plant.unit IS
    'Units that are understood. A number in the quantity''s base is (number + shift) * multiplier / divisor. Two units are converted into one another where their quantity is the same.';
COMMENT ON COLUMN plant.unit.code IS 'UCUM code, case-sensitive: Cel, mm/s, m/s2, kPa, [psi], /min.';
COMMENT ON COLUMN plant.unit.quantity IS 'What it measures: temperature, velocity, pressure …';
COMMENT ON COLUMN plant.unit.symbol IS 'How people write it: °C, mm/s, m/s², kPa, psi, rpm.';
COMMENT ON COLUMN plant.unit.shift IS 'Added first: -32 for °F.';
COMMENT ON COLUMN plant.unit.multiplier IS 'Then multiplied: 5 for °F. Two whole numbers, so that 68 °F is 20 °C and not 20.000000000000004.';
COMMENT ON COLUMN plant.unit.divisor IS 'Then divided: 9 for °F.';

CREATE TABLE plant.unit_spelling (
    spelling text NOT NULL CHECK (length(spelling) BETWEEN 1 AND 32),
    code text NOT NULL REFERENCES plant.unit ON UPDATE CASCADE ON DELETE CASCADE,
    key text NOT NULL,
    PRIMARY KEY (spelling, code)
);
CREATE INDEX unit_spelling_code_idx ON plant.unit_spelling (code);
CREATE INDEX unit_spelling_folded_idx ON plant.unit_spelling (lower(key));
COMMENT ON TABLE plant.unit_spelling IS
    'How units are written; code and symbol are put in by themselves. Each is understood without blanks, with ² as ^2 or 2, · as . or *, ⁻¹ as -1, ℃ as °C, µ as u, and in letters of another case where only one unit could be meant (RPM, KPA; but mpa is mPa or MPa, so neither).';
COMMENT ON COLUMN plant.unit_spelling.spelling IS 'As people write it. What is written the same in two quantities (1/s, g) has two rows.';
COMMENT ON COLUMN plant.unit_spelling.key IS 'plant.unit_key(spelling): what is compared. Set by a trigger.';

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
    CONSTRAINT maintenance_time_check CHECK (ends_at > starts_at),
    CONSTRAINT maintenance_id_equipment_id_key UNIQUE (id, equipment_id)
);
COMMENT ON TABLE plant.maintenance IS
    'Maintenance windows and work orders. While one is open and suppress_alarms is set, alarms of the equipment are suppressed.';
COMMENT ON COLUMN plant.maintenance.ends_at IS 'NULL: open until somebody sets it.';
CREATE INDEX maintenance_equipment_id_starts_at_idx ON plant.maintenance (equipment_id, starts_at);

CREATE TABLE plant.known_time_zone (
    name text PRIMARY KEY
);
COMMENT ON TABLE plant.known_time_zone IS
    'Names of time zones that a request may use. Of pg_timezone_names, which reads 1,200 files each time; thin migrate adds what the server has learned since.';
