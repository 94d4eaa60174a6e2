-- Files of a training: what is understood of them, in one piece or many, against the values that they were written from.
BEGIN;
SELECT no_plan();
SET search_path = public, pg_temp;
SET timezone = 'UTC';
CREATE FUNCTION pg_temp.refusal(p_call text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    v_column text;
BEGIN
    EXECUTE 'SELECT ' || p_call;
    RETURN NULL;
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS v_column = COLUMN_NAME;
    RETURN concat_ws(' ', SQLSTATE, nullif(v_column, ''));
END $$;
CREATE FUNCTION pg_temp.job() RETURNS bigint LANGUAGE sql AS $$ SELECT ml.begin_training('autoencoder', '{"equipment_id": "never-heard"}') $$;
-- a file in pieces of so many lines, as thin hands it on
CREATE FUNCTION pg_temp.sent(p_job bigint, p_file integer, p_role text, p_text text, p_lines integer DEFAULT 1000000) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    v_pieces text[] := ARRAY(SELECT string_agg(x.line || x.ending, '' ORDER BY x.n) FROM (
        SELECT l.line, l.n, CASE WHEN l.n < count(*) OVER () THEN E'\n' ELSE '' END AS ending FROM string_to_table(p_text, E'\n') WITH ORDINALITY AS l (line, n)) AS x
        GROUP BY (x.n - 1) / p_lines ORDER BY (x.n - 1) / p_lines);
    v_rows bigint;
BEGIN
    v_pieces := CASE WHEN p_text = '' THEN ARRAY[''] ELSE v_pieces END;
    FOR i IN 1..cardinality(v_pieces) LOOP
        v_rows := ml.receive_training_file(p_job, p_file, p_role, 'f.csv', v_pieces[i], i = cardinality(v_pieces));
    END LOOP;
    RETURN v_rows;
END $$;

-- the field's form: nine lines of description, a comma at each end, Windows' ends of lines; whatever the size of the pieces
CREATE TEMP TABLE truth AS SELECT i AS row, i / 2000.0 AS t, ARRAY[sin(i), cos(i) * 1e-7, i * 1e5]::float8[] AS v FROM generate_series(1, 997) AS i;
CREATE TEMP TABLE field_file AS SELECT string_agg('line ' || d || ', of 9', E'\r\n' ORDER BY d) || E'\r\n' || (SELECT string_agg(t || ',' || v[1] || ',' || v[2] || ',' || v[3] || ',', E'\r\n' ORDER BY row) FROM truth) || E'\r\n' AS content
FROM generate_series(1, 9) AS d;
SELECT pg_temp.job() AS job \gset
SELECT is(pg_temp.sent(:job, (n - 1)::integer, 'normal_current', (SELECT content FROM field_file), lines), 997::bigint, format('in pieces of %s lines', lines))
FROM unnest('{1000000,997,500,100,13,10}'::integer[]) WITH ORDINALITY AS p (lines, n);
SELECT is((SELECT count(*) FROM ml.training_upload AS u CROSS JOIN LATERAL ml.training_upload_rows(u.id) AS r JOIN truth AS w ON w.row = r.row AND w.t = r.t AND w.v = r."values" WHERE u.job_id = :job), 6 * 997::bigint, 'every value is the one that was written');
SELECT is((SELECT count(*) FROM ml.training_sample AS s JOIN ml.training_upload AS u ON u.id = s.upload_id WHERE u.job_id = :job), 6 * 997::bigint, 'and nothing else is there');
SELECT is((SELECT count(DISTINCT (u.form, u.description, u.rows, (SELECT array_agg((c ->> 'name', c ->> 'rows', c ->> 'missing', c ->> 'minimum', c ->> 'maximum', round((c ->> 'mean')::numeric, 9))::text) FROM jsonb_array_elements(u.columns) AS c))) FROM ml.training_upload AS u WHERE u.job_id = :job), 1::bigint, 'the pieces make no difference to what is explained');
SELECT is((SELECT u.form || cardinality(u.description) || u.description[9] FROM ml.training_upload AS u WHERE u.job_id = :job AND u.file = 0), 'description9line 9, of 9', 'the description is kept');
SELECT is((SELECT jsonb_agg(jsonb_build_array(c -> 'name', c -> 'rows', c -> 'missing', round((c ->> 'minimum')::numeric, 6), round((c ->> 'maximum')::numeric, 6), round((c ->> 'mean')::numeric, 6)))
    FROM ml.training_upload AS u, jsonb_array_elements(u.columns) AS c WHERE u.job_id = :job AND u.file = 4),
    (SELECT jsonb_agg(jsonb_build_array(n, 997, 0, round(a::numeric, 6), round(b::numeric, 6), round(m::numeric, 6)) ORDER BY i) FROM (
        SELECT i, (ARRAY['x', 'y', 'z'])[i] AS n, min(v[i]) AS a, max(v[i]) AS b, avg(v[i]) AS m FROM truth, generate_series(1, 3) AS i GROUP BY i) AS e), 'each column is explained');
SELECT is((SELECT (api.get_training_job(:job) -> 'files' -> 3) - '{columns,description}'::text[]), jsonb '{"role": "normal_current", "name": "f.csv", "form": "description", "rows": 997, "seconds": 0.498, "sample_rate_hz": 2000}', 'over HTTP with its rate');
SELECT ml.release_training(:job);
SELECT is((SELECT jsonb_array_length(spec -> 'uploads') || ' ' || (spec ->> 'source') FROM ml.claim_training('w', '{autoencoder}')), '6 files', 'a worker gets them with the job');

-- files with a header, times as messages have them, quotes, missing values
SELECT pg_temp.job() AS job \gset
SELECT is(pg_temp.sent(:job, 0, 'normal_vibration', E'time,vibe\n2026-05-01T00:00:00,1\n2026-05-01T00:00:00.5Z,"2.5"\n2026-05-01T09:00:01+09:00,null\n1777593602,-3e-2\n1777593603500,\n'), 5::bigint, 'a header and times of all forms');
SELECT results_eq(format('SELECT r.t, r."values" FROM ml.training_upload AS u, ml.training_upload_rows(u.id) AS r WHERE u.job_id = %s', :job),
    $$ VALUES (1777593600::float8, ARRAY[1::float8]), (1777593600.5, ARRAY[2.5::float8]), (1777593601, ARRAY[NULL::float8]), (1777593602, ARRAY[-0.03::float8]), (1777593603.5, ARRAY[NULL::float8]) $$, 'are what they mean');
SELECT is((SELECT columns #- '{0,mean}' || to_jsonb(round((columns -> 0 ->> 'mean')::numeric, 9)) FROM ml.training_upload WHERE job_id = :job), '[{"name": "vibe", "rows": 3, "missing": 2, "minimum": -0.03, "maximum": 2.5}, 1.156666667]', 'missing values are counted');
SELECT is(pg_temp.sent(:job, 1, 'abnormal_vibration', E'Timestamp, a \n1,2\n\n3,4'), 2::bigint, 'blank lines are nothing, the last may have no end');

-- what is wrong is named: the list, the file, the line
SELECT is(pg_temp.refusal(format('pg_temp.sent(%s, 9, %L, %L)', :job, c.role, c.content)), 'MW422 ' || c.role || '_files', format('refused: %s %s', c.role, left(c.content, 40)))
FROM (VALUES ('normal_current', E'time,x,y,z\n1,2,3'), ('normal_current', E'time,x,y,z\n1,2,3,4,5'), ('normal_current', E'time,x,y,z\n1,2,3,4,,'), ('normal_current', E'time,x,y\n1,2,3'),
    ('normal_vibration', E'time,a,b\n1,2,3'), ('normal_vibration', E'time\n1'), ('normal_vibration', E'time,v\n'), ('normal_vibration', 'time,v'), ('normal_vibration', ''), ('normal_vibration', E'\n\n\n'),
    ('normal_vibration', E'time,v\nsoon,2'), ('normal_vibration', E'time,v\n1,NaN'), ('normal_vibration', E'time,v\n1,Infinity'), ('normal_vibration', E'time,v\n1,1e101'), ('normal_vibration', E'time,v\n1,abc'),
    ('normal_vibration', E'time,v\n1e15,1'), ('normal_vibration', E'time,v\nNaN,1'), ('normal_vibration', E'time,v\n-Infinity,1'), ('data', E'time,a,a\n1,2,3'), ('data', E'time,' || repeat('a', 65) || E'\n1,2'),
    ('data', 'time' || repeat(',a', 40) || E'\n1'), ('normal_vibration', repeat('d', 1001) || repeat(E'\nd', 8) || E'\n1,2'), ('normal_vibration', repeat(E'd\n', 9)), ('pictures', E'time,v\n1,2')) AS c (role, content)
WHERE NOT (c.role = 'normal_vibration' AND c.content = E'time,v\n1,NaN');
SELECT throws_like(format('SELECT pg_temp.sent(%s, 9, ''normal_vibration'', %L, 2)', :job, E'time,v\n1,2\n3,4\n5,six\n7,eight'), 'f.csv, line 4: "5,six" is not a time and 1 numbers', 'the first wrong line is named, counted over all pieces');
SELECT is(pg_temp.sent(:job, 8, 'normal_vibration', E'time,v\n1,NaN\n2,None\n3,4'), 3::bigint, 'NaN is a missing value');
SELECT is(pg_temp.refusal(format('pg_temp.sent(%s, 8, ''normal_vibration'', %L)', :job, E'1,2')), 'MW409 normal_vibration_files', 'a file that is complete takes no more');
SELECT is((SELECT count(*) FROM ml.training_upload WHERE job_id = :job), 3::bigint, 'nothing is left of what was refused');

-- limits
UPDATE ops.setting SET value = '3' WHERE name = 'ml.training_upload_files';
SELECT is(pg_temp.refusal(format('pg_temp.sent(%s, 10, ''normal_vibration'', %L)', :job, E'time,v\n1,2')), 'MW422 normal_vibration_files', 'no more files than may be');
UPDATE ops.setting SET value = '200' WHERE name = 'ml.training_upload_files';
UPDATE ops.setting SET value = '1000' WHERE name = 'ml.training_upload_rows';
SELECT is(pg_temp.refusal(format('pg_temp.sent(%s, 10, ''normal_vibration'', %L, 300)', :job, (SELECT E'time,v\n' || string_agg(i || ',1', E'\n') FROM generate_series(1, 991) AS i))), 'MW422 normal_vibration_files', 'nor rows, all files together');
SELECT is(pg_temp.sent(:job, 10, 'normal_vibration', (SELECT E'time,v\n' || string_agg(i || ',1', E'\n') FROM generate_series(1, 990) AS i), 300), 990::bigint, 'one fewer is taken');
SELECT is(pg_temp.refusal(format('ml.receive_training_file(%s, 11, ''data'', %L, ''time,v'')', :job, n)), 'MW422 data_files', 'a file has a name') FROM unnest(ARRAY['', repeat('n', 256), NULL]) AS n;

-- half a file is never seen, and a job with one is given up
SELECT pg_temp.job() AS job \gset
SELECT ml.receive_training_file(:job, 0, 'normal_vibration', 'half.csv', E'time,v\n1,2\n', false);
SELECT is((SELECT count(*) FROM ml.training_upload AS u, ml.training_upload_rows(u.id) WHERE u.job_id = :job), 0::bigint, 'half a file is not there');
SELECT is(pg_temp.refusal(format('ml.release_training(%s)', :job)), 'MW409 job_id', 'nor is it trained on');
SELECT is((SELECT count(*) FROM ml.claim_training('w', '{autoencoder}')), 0::bigint, 'nobody gets a job whose files are arriving');
SELECT ml.sweep_training();
SELECT is((SELECT state FROM ml.training_job WHERE id = :job), 'receiving', 'which may take a while');
UPDATE ml.training_job SET touched_at = touched_at - INTERVAL '11 minutes' WHERE id = :job;
SELECT is(ml.sweep_training(), 1, 'but not for ever');
SELECT is((SELECT state || ': ' || error FROM ml.training_job WHERE id = :job), 'failed: its files did not arrive whole', 'it has failed, and says so');
SELECT is(pg_temp.refusal(format('ml.receive_training_file(%s, 0, ''normal_vibration'', ''half.csv'', ''3,4'')', :job)), 'MW409 job_id', 'and takes no more');
SELECT pg_temp.job() AS job \gset
SELECT pg_temp.sent(:job, 0, 'abnormal_current', E'time,x,y,z\n1,2,3,4');
SELECT is(pg_temp.refusal(format('ml.release_training(%s)', :job)), 'MW422 normal_current_files', 'what is normal must be there');
SELECT pg_temp.sent(:job, 1, 'normal_current', E'time,x,y,z\n1,2,3,4'), pg_temp.sent(:job, 2, 'normal_current', E'time,x,y,z\n1,2,3,4'), pg_temp.sent(:job, 3, 'normal_vibration', E'time,v\n1,2');
SELECT is(pg_temp.refusal(format('ml.release_training(%s)', :job)), 'MW422 normal_vibration_files', 'two of one and one of the other do not belong together');
SELECT ml.drop_training(:job);
SELECT is((SELECT count(*) FROM ml.training_job WHERE id = :job), 0::bigint, 'a job is taken back');
SELECT is(pg_temp.refusal(format('ml.drop_training(%s)', :job)), 'MW404 job_id', 'once');

-- whose files they are
SELECT pg_temp.job() AS job \gset
UPDATE ml.training_job SET created_by = 'somebody' WHERE id = :job;
SELECT is(pg_temp.refusal(c), 'MW409 job_id', 'nobody else may: ' || c) FROM unnest(ARRAY[format('ml.drop_training(%s)', :job), format('ml.release_training(%s)', :job), format('ml.receive_training_file(%s, 0, ''data'', ''a'', ''b'')', :job)]) AS c;

-- samples go when the training is over, jobs later
UPDATE ml.training_job SET state = 'failed', finished_at = clock_timestamp() - INTERVAL '8 days', lease_until = NULL WHERE true;
SELECT ml.purge_training();
SELECT is((SELECT count(*) FROM ml.training_sample), 0::bigint, 'samples of trainings that have been over for a week are gone');
SELECT cmp_ok((SELECT count(*) FROM ml.training_upload), '>', 5::bigint, 'what they were is still known');
SELECT * FROM finish();
ROLLBACK;
