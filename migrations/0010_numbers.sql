-- millwright: replaces=e954c829d0d24ba2c8b1a111fc3db9b16cca1d7d48bf01a8991bc87859d530c3
-- Any finite number. A value whose square float8 cannot hold (above 1e154, or below 1e-162 and not 0) stopped the refresh of
-- the aggregates for all sensors. From here on nothing gets in that cannot be computed with; what is in already is moved
-- to the quarantine, so that it can be looked at, or, where it is as good as 0, becomes 0.

-- Sensors: a plausibility range of their own, and no infinite ranges.
ALTER TABLE plant.sensor ADD COLUMN plausible_min float8;
ALTER TABLE plant.sensor ADD COLUMN plausible_max float8;
COMMENT ON COLUMN plant.sensor.plausible_min IS 'Values below it are not stored but quarantined as implausible_value, in the sensor''s unit. NULL: the setting ingest.plausible_min. The measuring range only marks values.';
COMMENT ON COLUMN plant.sensor.plausible_max IS 'Values above it are not stored. NULL: the setting ingest.plausible_max.';
UPDATE plant.sensor
SET range_min = CASE WHEN range_min BETWEEN -1e100 AND 1e100 THEN range_min END,
    range_max = CASE WHEN range_max BETWEEN -1e100 AND 1e100 THEN range_max END
WHERE NOT (range_min BETWEEN -1e100 AND 1e100 AND range_max BETWEEN -1e100 AND 1e100);
ALTER TABLE plant.sensor ADD CONSTRAINT sensor_plausible_check CHECK (plausible_min < plausible_max);
ALTER TABLE plant.sensor ADD CONSTRAINT sensor_number_check CHECK (
    range_min BETWEEN -1e100 AND 1e100 AND range_max BETWEEN -1e100 AND 1e100
    AND plausible_min BETWEEN -1e100 AND 1e100 AND plausible_max BETWEEN -1e100 AND 1e100);

-- Numbers that mean "no value".
CREATE TABLE ingest.no_value (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    sensor_id integer REFERENCES plant.sensor ON DELETE CASCADE,
    sensor_type text CHECK (length(sensor_type) BETWEEN 1 AND 64),
    low float8 NOT NULL CHECK (low <> 'NaN'),
    high float8 NOT NULL CHECK (high <> 'NaN'),
    description text NOT NULL CHECK (length(description) BETWEEN 1 AND 1000),
    CONSTRAINT no_value_check CHECK (low <= high),
    CONSTRAINT no_value_selection_check CHECK (num_nonnulls(sensor_id, sensor_type) <= 1)
);
COMMENT ON TABLE ingest.no_value IS
    'Numbers that devices send to say that there is no value (-9999, 3.4e38 …), for one sensor, for all of a type, or, where both are NULL, for all. Such a value is neither stored nor quarantined: ingest.no_value_seen counts it. The sensor falls silent, which no_data rules judge.';
COMMENT ON COLUMN ingest.no_value.low IS 'Values from low to high (both inclusive; the same number for a single value) mean none, in the sensor''s unit.';
CREATE INDEX no_value_sensor_id_idx ON ingest.no_value (sensor_id);

CREATE TABLE ingest.no_value_seen (
    sensor_id integer PRIMARY KEY REFERENCES plant.sensor ON DELETE CASCADE,
    messages bigint NOT NULL,
    first_time timestamptz NOT NULL,
    last_time timestamptz NOT NULL,
    last_value float8 NOT NULL
) WITH (fillfactor = 50);
COMMENT ON TABLE ingest.no_value_seen IS 'How often each sensor said that it has no value (ingest.no_value), and when. Written by ingest.';
COMMENT ON COLUMN ingest.no_value_seen.messages IS 'Values that meant none; one that is sent again counts again.';

-- A setting must be readable as a number. (The range's own bounds are rows of their settings: sql/data/095_ops_setting_range.sql.)
UPDATE ops.setting SET value = to_jsonb(CASE WHEN abs((value #>> '{}')::numeric) < 1 THEN 0 ELSE sign((value #>> '{}')::numeric) * 1e100 END)
WHERE CASE WHEN jsonb_typeof(value) = 'number' THEN NOT ((value #>> '{}')::numeric = 0 OR abs((value #>> '{}')::numeric) BETWEEN 1e-100 AND 1e100) END;
ALTER TABLE ops.setting ADD CONSTRAINT setting_number_check CHECK (CASE WHEN jsonb_typeof(value) = 'number'
    THEN (value #>> '{}')::numeric = 0 OR abs((value #>> '{}')::numeric) BETWEEN 1e-100 AND 1e100 ELSE true END);

-- What is stored already. One pass over the points; the triggers (Apache) or TimescaleDB (Community) note which buckets change.
-- Looking takes nothing out of Community's columnstore; changing takes out all of a chunk, unless sensor and time are constants of the
-- statement. So what is to be changed is looked for, and then changed a sensor and a day at a time: a loop, for as few as there are.
DO $$
DECLARE
    v_found record;
    v_where text;
BEGIN
    FOR v_found IN
        SELECT r.sensor_id, min(r.time) AS first, max(r.time) AS last FROM telemetry.reading AS r
        WHERE (abs(r.value) <= 1e100::float8) IS NOT TRUE OR abs(r.value) < 1e-100::float8 AND r.value <> 0
        GROUP BY r.sensor_id, time_bucket(INTERVAL '1 day', r.time)
    LOOP
        v_where := format('r.sensor_id = %s AND r.time BETWEEN %L AND %L', v_found.sensor_id, v_found.first, v_found.last);
        EXECUTE format($q$
            WITH moved AS (
                DELETE FROM telemetry.reading AS r WHERE %s AND (abs(r.value) <= 1e100::float8) IS NOT TRUE
                RETURNING r.sensor_id, r.time, r.value, r.quality, r.is_historical
            )
            INSERT INTO ingest.quarantine (topic, payload, reason, detail, received_at)
            SELECT 'factory/' || coalesce(s.equipment_id || '/' || s.name, 'unknown/' || m.sensor_id),
                   convert_to(json_agg(json_build_object('time', to_char(m.time AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), 'value', m.value,
                                                         'quality', m.quality, 'is_historical', m.is_historical) ORDER BY m.time)::text, 'UTF8'),
                   'implausible_value', 'stored before there was a plausibility range; moved here by an upgrade', clock_timestamp()
            -- in pieces that stay below the 64 KiB of a quarantined payload
            FROM (SELECT x.*, row_number() OVER (ORDER BY x.time) / 300 AS piece FROM moved AS x) AS m
            LEFT JOIN plant.sensor AS s ON s.id = m.sensor_id
            GROUP BY m.sensor_id, s.equipment_id, s.name, m.piece $q$, v_where);
        EXECUTE format('UPDATE telemetry.reading AS r SET value = 0 WHERE %s AND abs(r.value) < 1e-100::float8 AND r.value <> 0', v_where);
    END LOOP;
END
$$;
DO $$
BEGIN
    ALTER TABLE telemetry.reading
        ADD CONSTRAINT reading_value_check CHECK (abs(value) <= 1e100::float8 AND (abs(value) >= 1e-100::float8 OR value = 0::float8));
EXCEPTION WHEN feature_not_supported THEN
    -- versions of TimescaleDB Community that take no new constraint where a columnstore is on: what comes in is judged before all the same
    RAISE WARNING 'telemetry.reading has no reading_value_check: %', SQLERRM
        USING HINT = 'Switch the columnstore off, add the constraint as sql/schema/030_telemetry.sql has it, and switch it on again.';
END
$$;
COMMENT ON COLUMN telemetry.reading.value IS 'Value in the sensor''s unit: 0, or 1e-100 to 1e100 in magnitude, so that every aggregate can carry it (docs/adr/0010).';
-- what waits to go in there (migration 0008) must be able to
ALTER TABLE ingest.backlog
    ADD CONSTRAINT backlog_value_check CHECK (abs(value) <= 1e100::float8 AND (abs(value) >= 1e-100::float8 OR value = 0::float8));
UPDATE telemetry.latest AS l
SET time = coalesce(n.time, '-infinity'), value = n.value, quality = coalesce(n.quality, 0)
FROM telemetry.latest AS o
LEFT JOIN LATERAL (
    SELECT r.time, r.value, r.quality FROM telemetry.reading AS r
    WHERE r.sensor_id = o.sensor_id AND NOT r.is_historical AND r.time <= o.time ORDER BY r.time DESC LIMIT 1
) AS n ON true
WHERE o.sensor_id = l.sensor_id AND NOT (abs(o.value) <= 1e100::float8 AND (abs(o.value) >= 1e-100::float8 OR o.value = 0));

-- Finished buckets whose points a retention has dropped: nothing can compute them again, and nothing can compute with them.
DO $$
DECLARE
    v_table record;
    v_found record;
    v_where text;
BEGIN
    FOR v_table IN EXECUTE CASE WHEN to_regclass('compat.continuous_aggregate') IS NOT NULL
        THEN $q$SELECT 'compat' AS schema, materialization::text AS name FROM compat.continuous_aggregate WHERE view_schema = 'rollup' ORDER BY continuous_aggregate_id$q$
        ELSE $q$SELECT materialization_hypertable_schema::text AS schema, materialization_hypertable_name::text AS name
            FROM timescaledb_information.continuous_aggregates WHERE view_schema = 'rollup' ORDER BY 2$q$ END
    LOOP
        -- looked for first, as the points are
        FOR v_found IN EXECUTE format($q$
            SELECT b.sensor_id, min(b.bucket) AS first, max(b.bucket) AS last FROM %1$I.%2$I AS b
            WHERE (greatest(abs(b.min), abs(b.max)) <= 1e100::float8) IS NOT TRUE
               OR greatest(abs(b.min), abs(b.max)) < 1e-100::float8 AND NOT (b.min = 0 AND b.max = 0 AND b.sum = 0 AND b.sum_sq = 0)
            GROUP BY b.sensor_id, time_bucket(INTERVAL '10 days', b.bucket) $q$, v_table.schema, v_table.name)
        LOOP
            v_where := format('b.sensor_id = %s AND b.bucket BETWEEN %L AND %L', v_found.sensor_id, v_found.first, v_found.last);
            EXECUTE format($q$
                WITH gone AS (
                    DELETE FROM %1$I.%2$I AS b WHERE %3$s AND (greatest(abs(b.min), abs(b.max)) <= 1e100::float8) IS NOT TRUE RETURNING b.*
                )
                -- nothing to decode again: to look at only
                INSERT INTO ingest.quarantine (topic, payload, reason, detail, received_at, status, handled_at, handled_by)
                SELECT 'rollup/' || g.sensor_id, convert_to(row_to_json(g)::text, 'UTF8'), 'implausible_value',
                       'a finished bucket of an aggregate that could not be computed with; moved here by an upgrade', clock_timestamp(),
                       'discarded', clock_timestamp(), 'migration 0010'
                FROM gone AS g $q$, v_table.schema, v_table.name, v_where);
            EXECUTE format($q$
                UPDATE %1$I.%2$I AS b SET min = 0, max = 0, mean = 0, sum = 0, sum_sq = 0, first = 0, last = 0
                WHERE %3$s AND greatest(abs(b.min), abs(b.max)) < 1e-100::float8 AND NOT (b.min = 0 AND b.max = 0 AND b.sum = 0 AND b.sum_sq = 0) $q$,
                v_table.schema, v_table.name, v_where);
        END LOOP;
    END LOOP;
END
$$;

-- Limits, states and baselines that hold such numbers. A limit so far out is one that is never reached.
UPDATE alarm.signal
SET low_low = CASE WHEN low_low < -1e100 THEN '-Infinity' WHEN low_low > 1e100 THEN 1e100 ELSE low_low END,
    low = CASE WHEN low < -1e100 THEN '-Infinity' WHEN low > 1e100 THEN 1e100 ELSE low END,
    high = CASE WHEN high > 1e100 THEN 'Infinity' WHEN high < -1e100 THEN -1e100 ELSE high END,
    high_high = CASE WHEN high_high > 1e100 THEN 'Infinity' WHEN high_high < -1e100 THEN -1e100 ELSE high_high END,
    deadband = least(deadband, 1e100), parameter = least(parameter, 1e100)
WHERE low_low > 1e100 OR low > 1e100 OR high < -1e100 OR high_high < -1e100 OR deadband > 1e100 OR parameter > 1e100
   OR low_low < -1e100 AND low_low > '-Infinity' OR low < -1e100 AND low > '-Infinity'
   OR high > 1e100 AND high < 'Infinity' OR high_high > 1e100 AND high_high < 'Infinity';
UPDATE alarm.state SET anchor_time = NULL, anchor_value = NULL WHERE (abs(anchor_value) <= 1e100) = false;
DELETE FROM alarm.baseline WHERE NOT (abs(centre) <= 1e100 AND spread BETWEEN 1e-150 AND 1e150);
ALTER TABLE alarm.baseline ADD CONSTRAINT baseline_number_check CHECK (abs(centre) <= 1e100 AND spread BETWEEN 1e-150 AND 1e150);
DELETE FROM alarm.operating_state WHERE 'NaN' IN (low, high);
ALTER TABLE alarm.operating_state ADD CONSTRAINT operating_state_number_check CHECK (low <> 'NaN' AND high <> 'NaN');
DELETE FROM alarm.vibration_zone WHERE NOT boundary_cd <= 1e100;
ALTER TABLE alarm.vibration_zone ADD CONSTRAINT vibration_zone_number_check CHECK (boundary_cd <= 1e100);
UPDATE plant.equipment
SET operating_hours = CASE WHEN operating_hours <= 1e9 THEN operating_hours ELSE 0 END,
    max_operating_hours = CASE WHEN max_operating_hours <= 1e9 THEN max_operating_hours END
WHERE NOT (operating_hours <= 1e9 AND coalesce(max_operating_hours, 1) <= 1e9);
ALTER TABLE plant.equipment ADD CONSTRAINT equipment_number_check CHECK (operating_hours <= 1e9 AND max_operating_hours <= 1e9);
-- sums of squares so near the end of float8 that the next day's would not go in
DELETE FROM ml.feature_day WHERE NOT (abs(sum) <= 1e150 AND sum_sq <= 1e250);
UPDATE ml.score_day
SET median_score = CASE WHEN abs(median_score) BETWEEN 1e-100 AND 1e100 THEN median_score END,
    median_ratio = CASE WHEN abs(median_ratio) BETWEEN 1e-100 AND 1e100 THEN median_ratio END,
    p95_ratio = CASE WHEN abs(p95_ratio) BETWEEN 1e-100 AND 1e100 THEN p95_ratio END,
    max_ratio = CASE WHEN abs(max_ratio) BETWEEN 1e-100 AND 1e100 THEN max_ratio END
WHERE abs(median_score) > 1e100 OR abs(median_ratio) > 1e100 OR abs(p95_ratio) > 1e100 OR abs(max_ratio) > 1e100
   OR abs(median_score) < 1e-100 AND median_score <> 0 OR abs(median_ratio) < 1e-100 AND median_ratio <> 0;
UPDATE ml.power_rule
SET vibration_factor = CASE WHEN abs(vibration_factor) BETWEEN 1e-100 AND 1e100 THEN vibration_factor ELSE 0 END,
    current_factor = CASE WHEN abs(current_factor) BETWEEN 1e-100 AND 1e100 THEN current_factor ELSE 0 END
WHERE NOT (abs(vibration_factor) BETWEEN 1e-100 AND 1e100 AND abs(current_factor) BETWEEN 1e-100 AND 1e100);
ALTER TABLE ml.power_rule ADD CONSTRAINT power_rule_number_check CHECK (
    (abs(vibration_factor) BETWEEN 1e-100 AND 1e100 OR vibration_factor = 0)
    AND (abs(current_factor) BETWEEN 1e-100 AND 1e100 OR current_factor = 0));

-- An error of computing with what is stored is not the client's.
ALTER TABLE api.sqlstate_http ADD COLUMN stored_code text CHECK (stored_code ~ '^[0-9A-Z]{5}$');
COMMENT ON COLUMN api.sqlstate_http.stored_code IS
    'Pattern of the row that holds instead where stored data is at fault and not the request: in a request that reads, or where the error came from computing outside of schema api. NULL: this row always holds.';
