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
