-- What a client may shape as it likes (specifications, calibration …) has a size: every list carries it in each row.
BEGIN;
SELECT no_plan();
SET search_path = public, pg_temp;
CREATE TEMP TABLE free AS
SELECT c.name, m.key FROM api.schema_component AS c CROSS JOIN LATERAL jsonb_each(c.definition -> 'properties') AS m
WHERE m.value ->> 'type' = 'object' AND NOT m.value ? 'properties' AND m.value -> 'readOnly' IS DISTINCT FROM 'true';
SELECT cmp_ok((SELECT count(*) FROM free), '>=', 2::bigint, 'there are such members');
SELECT isnt_empty(format($$SELECT FROM api.schema_errors(jsonb_build_object(%L, jsonb_build_object('a', repeat('x', 70000))), (SELECT c.definition FROM api.schema_component AS c WHERE c.name = %L), '')
    WHERE member = %L AND message LIKE '%%bytes'$$, key, name, key), name || '.' || key) FROM free;
SELECT throws_ok($$SELECT api.create_equipment(jsonb_build_object('id', 'big', 'name', 'b', 'specifications', jsonb_build_object('a', repeat('x', 30000000))))$$, 'MW422', NULL, 'no machine of 30 MB');
SELECT lives_ok($$SELECT api.create_equipment(jsonb_build_object('id', 'big', 'name', 'b', 'specifications', jsonb_build_object('a', repeat('x', 60000))))$$, 'one of 60 kB');
SELECT throws_ok($$SELECT api.update_equipment('big', jsonb_build_object('specifications', jsonb_build_object('a', repeat('x', 30000000))))$$, 'MW422', NULL, 'nor later');
SELECT * FROM finish();
ROLLBACK;
