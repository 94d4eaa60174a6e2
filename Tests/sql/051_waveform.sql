BEGIN;
SELECT plan(30);

SELECT ml.sync_models('[
    {"equipment_id":"dual","power":"2.2kW","model_version":"v1","modalities":["current","vibration"],"sha256":"a","case":"A","bundle_path":"x"},
    {"equipment_id":"single","power":"2.2kW","model_version":"v1","modalities":["current"],"sha256":"b","case":"A","bundle_path":"y"}]', '[]', 'test');

-- One waveform: equipment, modality, seconds before now, a feature's value.
CREATE FUNCTION pg_temp.wave(ordinal integer, equipment text, modality text, age float8, value float8 DEFAULT 1, power text DEFAULT NULL) RETURNS jsonb
LANGUAGE sql AS $$
    SELECT jsonb_build_object('ordinal', ordinal, 'equipment_id', equipment, 'modality', modality, 'power', power,
        'time', to_json(now() - make_interval(secs => age)), 'sample_rate_hz', 2000, 'samples', 2000,
        'features', jsonb_build_object(CASE modality WHEN 'current' THEN 'cur_x_rms' ELSE 'vib_rms' END, value))
$$;
CREATE FUNCTION pg_temp.store(VARIADIC waves jsonb[]) RETURNS text LANGUAGE sql AS $$
    SELECT concat_ws(' ', r.stored, (SELECT string_agg(e.value ->> 'ordinal' || ':' || (e.value ->> 'code'), ',' ORDER BY e.value ->> 'ordinal')
        FROM jsonb_array_elements(r.refused) AS e)) FROM ml.store_waveforms(to_jsonb(waves)) AS r
$$;
CREATE FUNCTION pg_temp.claim() RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(concat_ws(' ', c.ordinal, c.equipment_id, jsonb_array_length(c.members), c.features::text), '; ' ORDER BY c.ordinal)
    FROM ml.claim_waveforms(100) AS c
$$;
CREATE FUNCTION pg_temp.finish(outcome text) RETURNS integer LANGUAGE sql AS $$
    SELECT ml.finish_waveforms(coalesce((SELECT jsonb_agg(jsonb_build_object('equipment_id', c.equipment_id, 'members', c.members, 'outcome', outcome,
        'detail', NULL)) FROM ml.claim_waveforms(100) AS c), '[]'))
$$;

-- single-modal: at once
SELECT is(pg_temp.store(pg_temp.wave(0, 'single', 'current', 10)), '1', 'features of a waveform are kept');
SELECT is(pg_temp.claim(), '0 single 1 {"cur_x_rms": 1}', 'a bundle that needs nothing else is due at once');
SELECT is(pg_temp.claim(), '0 single 1 {"cur_x_rms": 1}', 'until its outcome is told it stays due: a crash in between loses nothing');
SELECT is(pg_temp.finish('scored'), 1, 'its outcome is told');
SELECT is(pg_temp.claim(), NULL, 'and it is due no more');
SELECT is(pg_temp.store(pg_temp.wave(0, 'single', 'current', 10, 2)), '0', 'a redelivery changes nothing');
SELECT is((SELECT outcome || features::text FROM ml.waveform_features), 'scored{"cur_x_rms": 1}', 'not even its outcome');
SELECT is(pg_temp.store(pg_temp.wave(0, 'single', 'vibration', 10)), '1', 'a modality that the bundle does not use is kept, too');
SELECT is((SELECT outcome FROM ml.waveform_features WHERE modality = 'vibration'), 'not_needed', 'and says that it is not needed');

-- dual: both of one moment
SELECT is(pg_temp.store(pg_temp.wave(0, 'dual', 'vibration', 100, 7)), '1', 'the second modality comes first');
SELECT is(pg_temp.claim(), NULL, 'alone it waits');
SELECT is(pg_temp.store(pg_temp.wave(0, 'dual', 'current', 130, 8), pg_temp.wave(1, 'single', 'current', 100, 9)), '2', 'more arrive');
SELECT is(pg_temp.claim(), '0 single 1 {"cur_x_rms": 9}', 'neither another moment nor another machine is a partner');
SELECT is(pg_temp.finish('refused'), 1, 'what cannot be scored is told, too');
SELECT is(pg_temp.store(pg_temp.wave(0, 'dual', 'current', 101.5, 3)), '1', 'the first modality of that moment');
SELECT is(pg_temp.claim(), '0 dual 2 {"vib_rms": 7, "cur_x_rms": 3}', 'both within the tolerance: a set');
SELECT is(pg_temp.finish('scored'), 2, 'both rows have their outcome');
SELECT is((SELECT count(*) FROM ml.waveform_features WHERE outcome = 'waiting'), 1::bigint, 'the other moment still waits');

-- two rounds at once: the nearest pair up
SELECT pg_temp.store(pg_temp.wave(0, 'dual', 'current', 50, 1), pg_temp.wave(1, 'dual', 'current', 49, 2),
    pg_temp.wave(2, 'dual', 'vibration', 50.1, 1), pg_temp.wave(3, 'dual', 'vibration', 48.8, 2));
SELECT is((SELECT string_agg(c.features::text, ' ' ORDER BY c.features::text) FROM ml.claim_waveforms(100) AS c),
    '{"vib_rms": 1, "cur_x_rms": 1} {"vib_rms": 2, "cur_x_rms": 2}', 'of several partners each gets its nearest');
SELECT is((SELECT count(*) FROM ml.claim_waveforms(1)), 1::bigint, 'no more than asked for');

-- late, and never
SELECT is(ml.expire_waveforms(), 0, 'nothing has waited too long');
UPDATE ml.waveform_features SET received_at = received_at - INTERVAL '10 minutes' WHERE outcome = 'waiting';
SELECT is(ml.expire_waveforms(), 1, 'whose partner did not come in time is given up; pairs that nobody was there to score are not');
SELECT is((SELECT outcome_detail FROM ml.waveform_features WHERE outcome = 'no_partner'), 'needs current and vibration of one moment', 'and says so');
SELECT is(pg_temp.finish('scored'), 4, 'the pairs are scored late rather than never');

-- refusals and machines without a model
SELECT is(pg_temp.store(pg_temp.wave(0, 'bad name', 'current', 0), pg_temp.wave(1, 'dual', 'current', -86400), pg_temp.wave(2, 'dual', 'current', 1e9),
    pg_temp.wave(3, 'dual', 'current', 0) || '{"time": "soon"}', pg_temp.wave(4, 'nobody', 'current', 0)),
    '1 0:unknown_equipment,1:future_timestamp,2:ancient_timestamp,3:bad_timestamp', 'what cannot be kept is named; what is beside it is kept');
SELECT is((SELECT outcome || ' ' || left(outcome_detail, 24) FROM ml.waveform_features WHERE equipment_id = 'nobody'), 'no_model No bundle serves nobody.',
    'a machine without a bundle: kept, to train one with');
SELECT is(pg_temp.store(pg_temp.wave(0, 'dual', 'current', 5, 1, '99kW')), '1', 'a power that no bundle has');
SELECT is((SELECT outcome FROM ml.waveform_features WHERE power = '99kW'), 'no_model', 'is told as well');
SELECT is((SELECT string_agg(outcome || waveforms, ' ' ORDER BY outcome) FROM report.waveform_outcome WHERE equipment_id = 'dual' AND modality = 'current'),
    'no_model1 no_partner1 scored3', 'the report counts them');

UPDATE ops.setting SET value = '"1 hour"' WHERE name = 'ml.waveform_retention';
SELECT pg_temp.store(pg_temp.wave(0, 'single', 'current', 86400 * 3));
SELECT is(ml.purge_waveforms(), 1::bigint, 'whole days past the retention are dropped');

SELECT * FROM finish();
