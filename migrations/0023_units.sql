-- A value is in its sensor's unit, whatever unit it came in; a time without an offset has a zone; two values at one time are both kept.
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

COMMENT ON COLUMN plant.sensor.unit IS
    'Unit of the values, in any spelling that plant.unit knows, or a word of the plant''s own. What comes in another unit of the same quantity is converted, what cannot be is refused (unit_mismatch). NULL: not known yet; the first message that names one sets it. Once there are values it can be spelled anew, but not changed: api.update_sensor, relabel.';

CREATE TYPE ingest.stated_point AS (
    sensor_id integer,
    time timestamptz,
    value float8,
    unit text,
    quality smallint,
    is_historical boolean,
    ordinal integer,
    detail text
);
COMMENT ON TYPE ingest.stated_point IS
    'A point of a known sensor with the unit that it came in; ordinal and detail say which message, and which member of it, it is. What ingest.in_sensor_units takes.';

ALTER TABLE ingest.topic_decoder ADD COLUMN unit text CONSTRAINT topic_decoder_unit_check CHECK (length(unit) BETWEEN 1 AND 32);
ALTER TABLE ingest.topic_decoder ADD COLUMN time_zone text;
COMMENT ON COLUMN ingest.topic_decoder.unit IS
    'Unit of its values where the message names none. NULL: they are in their sensors'' units.';
COMMENT ON COLUMN ingest.topic_decoder.time_zone IS
    'Zone of times that name no offset: a name such as Asia/Seoul. NULL: the setting ingest.time_zone.';
-- what these two decoders said of each point is what their rows say now
UPDATE ingest.topic_decoder AS d SET unit = 'A' WHERE d.decoder = to_regproc('ingest.decode_three_phase');
UPDATE ingest.topic_decoder AS d SET unit = 'mm/s' WHERE d.decoder = to_regproc('ingest.decode_vibration');
COMMENT ON TYPE ingest.point IS
    'What a decoder returns per measured value: which message of the batch (ordinal), whose signal, when, how much; or an error code that sends the message to quarantine. unit is what the message says, NULL where it says nothing. A JSON boolean is value 1 or 0 with error not_binary, which counts only where the sensor is of no binary type.';

CREATE TABLE ingest.binary_type (
    sensor_type text PRIMARY KEY CHECK (length(sensor_type) BETWEEN 1 AND 64)
);
COMMENT ON TABLE ingest.binary_type IS
    'Types of sensors for which the JSON values true and false are 1 and 0. For others they are refused (not_binary).';

CREATE TABLE ingest.same_time_seen (
    sensor_id integer PRIMARY KEY REFERENCES plant.sensor ON DELETE CASCADE,
    kept bigint NOT NULL DEFAULT 0,
    replaced bigint NOT NULL DEFAULT 0,
    first_time timestamptz NOT NULL,
    last_time timestamptz NOT NULL
) WITH (fillfactor = 50);
COMMENT ON TABLE ingest.same_time_seen IS
    'How often a sensor had two different values at one time (a logger with whole seconds), and when. Written by ingest. The setting ingest.same_time says what becomes of them.';
COMMENT ON COLUMN ingest.same_time_seen.kept IS 'Values that were stored microseconds beside the one that was there.';
COMMENT ON COLUMN ingest.same_time_seen.replaced IS 'Values that a later arrival took the place of: in ingest.replaced_value.';
COMMENT ON COLUMN ingest.same_time_seen.last_time IS 'Greatest time of measurement at which it happened.';

CREATE TABLE ingest.replaced_value (
    sensor_id integer NOT NULL REFERENCES plant.sensor ON DELETE CASCADE,
    time timestamptz NOT NULL,
    value float8 NOT NULL,
    quality smallint NOT NULL,
    replaced_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (sensor_id, time, value)
);
COMMENT ON TABLE ingest.replaced_value IS
    'Values that a later arrival with the same time took the place of (setting ingest.same_time = later). A redelivery of one changes nothing. Kept as long as the quarantine.';
COMMENT ON COLUMN ingest.replaced_value.value IS 'What stood in telemetry.reading, or ingest.backlog, until replaced_at.';
CREATE INDEX replaced_value_replaced_at_idx ON ingest.replaced_value (replaced_at);

-- they say more than before
DROP FUNCTION IF EXISTS ingest.store(integer[], timestamptz[], float8[], smallint[], boolean[], timestamptz);
DROP FUNCTION IF EXISTS ingest.store_points(text[], text[], text[], text[], timestamptz[], float8[]);
DROP FUNCTION IF EXISTS ingest.put_off(integer[], timestamptz[], float8[], smallint[], boolean[]);

COMMENT ON COLUMN alarm.vibration_zone.unit IS 'Unit of the boundaries. The sensor''s must be of the same quantity: they are converted into it.';
-- a blank is no unit
UPDATE plant.sensor AS s SET unit = NULL WHERE btrim(s.unit) = '';
