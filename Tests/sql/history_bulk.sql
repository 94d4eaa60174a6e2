-- What else makes history cheap: whole messages wait, and the other tables with a sender's time get wide chunks.
SET search_path = compat, public;
SET client_min_messages = warning;
SELECT plan(21);

-- messages that hold much of it are put aside as they came
CREATE FUNCTION public.array_of(first_day integer, last_day integer) RETURNS text LANGUAGE sql AS $$
    SELECT json_agg(json_build_object('time', date_trunc('hour', now()) - d * INTERVAL '1 day', 'value', d) ORDER BY d)::text FROM generate_series(first_day, last_day) AS d $$;
SELECT is((SELECT a.messages || ' ' || a.stored || ' ' || a.quarantined FROM ingest.accept(ARRAY['factory/bulk/a', 'factory/bulk/b', 'factory/bulk/c', 'factory/bulk/d'],
    ARRAY[public.array_of(8, 2000), '7', public.array_of(0, 500), '[' || rpad('', 5000) || '{"value": 1, "time": "x"}]'], NULL, array_fill(clock_timestamp(), ARRAY[4])) AS a),
    '4 502 1', 'history waits, live points and arrays that reach into the present do not');
SELECT is((SELECT string_agg(topic, ' ') FROM ingest.backlog_message), 'factory/bulk/a', 'it is one row');
SELECT is(ingest.is_bulk(p, now()), false, left(p, 30) || ': no guess, and no error') FROM unnest(ARRAY['[{"time":"\u0000"},{"time":"2001-01-01T00:00:00Z"}]', '[{"time":{}},{}]', '[]', '{', '',
    '[{"time":"2001-01-01T00:00:00Z"}, 1]', '[[{"time":"2001-01-01T00:00:00Z"}]]', repeat('[', 5000), repeat('{', 5000), '[{"time":"-infinity"},{"time":"-infinity"}]']) AS p;
SELECT is(ingest.is_bulk(' [ {"time":"2001-01-01T00:00:00Z","value":1} , {"value":1,"time":978307200} ] ', now()), true, 'history');
SELECT ingest.accept(ARRAY['factory/bulk/a'], ARRAY[public.array_of(8, 2000)], NULL, ARRAY[clock_timestamp()]) \g /dev/null
SELECT ingest.accept(ARRAY['factory/bulk/+'], ARRAY[replace(public.array_of(8, 100), '"value" : 50', '"value" : "x"')], NULL, ARRAY[clock_timestamp()]) \g /dev/null
CREATE FUNCTION ingest.decode_breaks(ordinal integer[], equipment text[], sensor text[], payload text[], received_at timestamptz[]) RETURNS SETOF ingest.point
    LANGUAGE plpgsql STABLE AS $$ BEGIN RAISE EXCEPTION 'broken'; END $$;
ALTER FUNCTION ingest.decode_breaks OWNER TO millwright;
INSERT INTO ingest.topic_decoder (topic_filter, decoder, priority, description) VALUES ('broken/{equipment}/{sensor}', 'ingest.decode_breaks', 10, 'breaks');
SELECT ingest.accept(ARRAY['broken/bulk/a'], ARRAY[public.array_of(8, 100)], NULL, ARRAY[clock_timestamp()]) \g /dev/null
SELECT count(*) AS before FROM ingest.quarantine \gset
CREATE PROCEDURE public.drain() LANGUAGE plpgsql AS $$ BEGIN WHILE ingest.backfill() > 0 LOOP END LOOP; END $$;
CALL public.drain();
SELECT is((SELECT count(*) FROM ingest.backlog_message) + (SELECT count(*) FROM ingest.backlog), 0::bigint, 'the lane decodes and moves them');
SELECT is((SELECT count(*) || ' ' || count(DISTINCT r.time) FROM telemetry.reading AS r JOIN plant.sensor AS s ON s.id = r.sensor_id WHERE s.equipment_id = 'bulk' AND s.name = 'a'),
    '1993 1993', 'redelivered before it was decoded: stored once');
SELECT is((SELECT string_agg(reason, ' ' ORDER BY id DESC) FROM (SELECT * FROM ingest.quarantine ORDER BY id DESC LIMIT 1) AS q), 'decoder_failed', 'one that fails is quarantined and holds up nobody');

-- predictions and waveforms over twenty years: the same fault, and the same answer
SELECT ops.set_setting('ingest.oldest', '"20 years"') \g /dev/null
SELECT is((SELECT r.stored FROM ml.record_predictions((SELECT jsonb_agg(jsonb_build_object('time', now() - w * INTERVAL '7 days', 'equipment_id', 'h', 'power', '11kW',
    'model_version', '1', 'source', 'mqtt', 'is_anomaly', false, 'confidence', 0)) FROM generate_series(0, 1000) AS w)) AS r), 1001, 'predictions of a thousand weeks are stored');
SELECT cmp_ok((SELECT count(*) FROM timescaledb_information.chunks WHERE hypertable_name = 'serve_ml_predictions'), '<', 75::bigint, 'in few chunks');
SELECT is((SELECT r.stored FROM ml.store_waveforms((SELECT jsonb_agg(jsonb_build_object('ordinal', d, 'time', now() - d * INTERVAL '7 days', 'equipment_id', 'h', 'modality', 'current',
    'sample_rate_hz', 1000, 'samples', 10, 'features', '{}'::jsonb)) FROM generate_series(0, 1000) AS d)) AS r), 1001, 'features of waveforms likewise');
SELECT cmp_ok((SELECT count(*) FROM timescaledb_information.chunks WHERE hypertable_name = 'waveform_features'), '<', 300::bigint, 'in few chunks');
SELECT is((SELECT array_agg(DISTINCT time_interval) FROM timescaledb_information.dimensions WHERE hypertable_schema = 'ml'), '{1 day,7 days,30 days}'::interval[], 'new chunks are as wide as ever');

SELECT * FROM finish();
