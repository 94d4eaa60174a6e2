CREATE OR REPLACE FUNCTION api.import_lives(body jsonb) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    c_refusals CONSTANT integer := 1000; -- rows of an answer
    v_members jsonb := api.check_body(body, 'LifeImport');
    v_answer jsonb;
    v_table text;
    v_constraint text;
BEGIN
    SELECT jsonb_build_object(
        'stored', count(*) FILTER (WHERE r.outcome IN ('stored', 'ended')),
        'unchanged', count(*) FILTER (WHERE r.outcome = 'unchanged'),
        'refused', count(*) FILTER (WHERE r.outcome = 'refused'),
        'refusals', coalesce(jsonb_agg(jsonb_build_object('line', r.line, 'reason', r.reason) ORDER BY r.line)
            FILTER (WHERE r.outcome = 'refused' AND r.place <= c_refusals), '[]'))
    INTO v_answer
    FROM (
        SELECT i.*, row_number() OVER (PARTITION BY i.outcome ORDER BY i.line) AS place
        FROM plant.import_lives(v_members ->> 'csv', v_members ->> 'source', (v_members ->> 'dry_run')::boolean) AS i
    ) AS r;
    RETURN v_answer;
EXCEPTION WHEN integrity_constraint_violation THEN
    GET STACKED DIAGNOSTICS v_table = TABLE_NAME, v_constraint = CONSTRAINT_NAME;
    PERFORM api.refuse(v_table, v_constraint, SQLSTATE);
    RAISE;
END
$$;
COMMENT ON FUNCTION api.import_lives(jsonb) IS
    'plant.import_lives over HTTP: how many rows were stored (or ended an open life), unchanged and refused, and why '
    'each of the first 1000 was refused. MW422 csv; MW409 where somebody stored an overlapping life meanwhile.';
REVOKE ALL ON FUNCTION api.import_lives(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.import_lives(jsonb) TO engineer;
