-- What a plant had before the upgrade: made with the functions of the release in upgrade-from.tar.gz, as millwright's administrator.

-- machines, points (live, historical, refused), the plant's own decoder in the product's schema and one in a schema of its own
CREATE SCHEMA acme;
CREATE SCHEMA acme_decoder;
GRANT USAGE ON SCHEMA acme_decoder TO millwright;
CREATE FUNCTION ingest.decode_acme(ordinal integer[], equipment text[], sensor text[], payload text[], received_at timestamptz[])
    RETURNS SETOF ingest.point LANGUAGE sql STABLE AS $$
    SELECT o, e, 'level', 'level', 'mm', r, p::float8, 0::smallint, false, NULL::text, NULL::text
    FROM unnest(ordinal, equipment, payload, received_at) AS u (o, e, p, r)
$$;
CREATE FUNCTION acme_decoder.decode_hex(ordinal integer[], equipment text[], sensor text[], payload text[], received_at timestamptz[])
    RETURNS SETOF ingest.point LANGUAGE sql STABLE AS $$
    SELECT o, e, s, s, NULL::text, r, ('x' || lpad(p, 8, '0'))::bit(32)::integer::float8, 0::smallint, false, NULL::text, NULL::text
    FROM unnest(ordinal, equipment, sensor, payload, received_at) AS u (o, e, s, p, r)
$$;
INSERT INTO ingest.topic_decoder (topic_filter, decoder, description) VALUES
    ('acme/{equipment}/level', 'ingest.decode_acme', 'a plant''s own, in the product''s schema'),
    ('acme/{equipment}/{sensor}/hex', 'acme_decoder.decode_hex', 'a plant''s own, in its own schema');
INSERT INTO alarm.rule (name, condition, high, severity, select_equipment, select_sensor) VALUES
    ('too hot', 'above', 80, 'high', '{kiln-1,kiln-2}', '{temperature}');
SELECT ingest.accept(
    ARRAY(SELECT format('factory/kiln-%s/temperature', i % 3) FROM generate_series(1, 600) AS i),
    ARRAY(SELECT format('{"time":"%s","value":%s}', now() - make_interval(secs => 3600 - i), 20 + i % 7) FROM generate_series(1, 600) AS i),
    NULL, array_fill(now(), ARRAY[600]));
SELECT ingest.accept(
    ARRAY(SELECT 'factory/kiln-0/temperature' FROM generate_series(1, 50)),
    ARRAY(SELECT format('{"time":"%s","value":%s}', '2024-02-28T00:00:00Z'::timestamptz + make_interval(days => i), i)
          FROM generate_series(1, 50) AS i),
    NULL, array_fill(now(), ARRAY[50]));
SELECT ingest.accept(ARRAY['factory/kiln-1/temperature', 'factory/kiln-2/temperature'],
    ARRAY['{"value": 95}', '{"value": 96}'], NULL, array_fill(now() + INTERVAL '1 second', ARRAY[2]));
SELECT ingest.accept(ARRAY['factory/kiln-1/temperature', 'nobody/knows'], ARRAY['{', '1'], NULL, array_fill(now(), ARRAY[2]));
SELECT ingest.accept(ARRAY['acme/tank-1/level', 'acme/tank-1/fill/hex'], ARRAY['17', 'ff'], NULL, array_fill(now(), ARRAY[2]));

-- people and what they did
SELECT auth.bootstrap_admin('owner@acme.example', 'correct horse battery staple');
SELECT alarm.shelve(id, '1 hour', 'kim', 'known') FROM alarm.alarm WHERE equipment_id = 'kiln-2' AND active;
SELECT alarm.acknowledge(id, 'kim', 'seen') FROM alarm.alarm WHERE equipment_id = 'kiln-1' AND active;
UPDATE ops.setting SET value = '"2 hours"' WHERE name = 'ingest.historical_after';
UPDATE ops.setting SET value = '"Asia/Kolkata"' WHERE name = 'alarm.time_zone';
INSERT INTO plant.maintenance (equipment_id, title, starts_at) VALUES ('kiln-1', 'belt', now() + INTERVAL '1 day');

-- what the plant built on the product, owned by a login of its own
DO $$ BEGIN IF to_regrole('acme_owner') IS NULL THEN CREATE ROLE acme_owner; CREATE ROLE acme_reader; END IF; END $$;
GRANT viewer TO acme_owner;
GRANT CREATE, USAGE ON SCHEMA acme TO acme_owner;
GRANT USAGE ON SCHEMA public, report, acme TO acme_reader;
CREATE VIEW acme.hot WITH (security_barrier = true) AS
    SELECT d.device_id, max(d.value) AS hottest FROM public.sensor_data AS d WHERE d.sensor = 'temperature' GROUP BY d.device_id;
CREATE VIEW acme.hotter AS SELECT h.device_id FROM acme.hot AS h WHERE h.hottest > 90;
CREATE MATERIALIZED VIEW acme.daily AS
    SELECT date_trunc('day', time, 'UTC') AS day, device_id, count(*) AS n FROM public.sensor_data GROUP BY 1, 2;
CREATE UNIQUE INDEX daily_key ON acme.daily (day, device_id);
CREATE FUNCTION acme.active(machine text) RETURNS SETOF report.active_alarm LANGUAGE sql STABLE
    AS 'SELECT * FROM report.active_alarm WHERE equipment_id = machine';
CREATE VIEW acme.predicted AS SELECT equipment_id, time, is_anomaly FROM ml.serve_ml_predictions;
CREATE TABLE acme.note (id integer PRIMARY KEY, machine text REFERENCES plant.equipment (id), body text);
INSERT INTO acme.note VALUES (1, 'kiln-1', 'left door');
COMMENT ON VIEW acme.hot IS 'What the shift looks at.';
COMMENT ON COLUMN acme.hot.hottest IS '°C';
ALTER VIEW acme.hot OWNER TO acme_owner;
ALTER VIEW acme.hotter OWNER TO acme_owner;
ALTER MATERIALIZED VIEW acme.daily OWNER TO acme_owner;
ALTER FUNCTION acme.active(text) OWNER TO acme_owner;
GRANT SELECT ON acme.hot TO acme_reader;
GRANT SELECT ON report.active_alarm TO acme_reader;
GRANT SELECT (time, value) ON public.sensor_data TO acme_reader;
