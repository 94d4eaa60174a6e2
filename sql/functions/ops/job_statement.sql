CREATE OR REPLACE FUNCTION ops.job_statement(p_procedure text, p_job_id integer, p_config jsonb) RETURNS text
    LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_name text[] := parse_ident(p_procedure);
    v_statement text;
BEGIN
    SELECT format(CASE p.prokind WHEN 'p' THEN 'CALL %I.%I(%s)' ELSE 'SELECT %I.%I(%s)' END, n.nspname, p.proname, s.arguments)
    INTO v_statement
    FROM pg_proc AS p
    JOIN pg_namespace AS n ON n.oid = p.pronamespace
    -- the richest signature that we can serve; further arguments must have defaults
    JOIN (VALUES
        (1, 2, 'integer, jsonb', format('%s, %L::jsonb', p_job_id, p_config)),
        (2, 1, 'jsonb', format('%L::jsonb', p_config)),
        (3, 0, '', '')
    ) AS s (preference, count, types, arguments)
        ON p.pronargs >= s.count AND p.pronargs - p.pronargdefaults <= s.count
        AND array_to_string(ARRAY(SELECT format_type(t, NULL) FROM unnest(p.proargtypes::oid[]) WITH ORDINALITY AS a (t, i) WHERE i <= s.count), ', ') = s.types
    WHERE n.nspname = v_name[1] AND p.proname = v_name[2] AND p.prokind IN ('f', 'p') AND cardinality(v_name) = 2
      -- it runs with our rights
      AND ops.is_trusted_routine(p.oid)
    ORDER BY s.preference
    LIMIT 1;
    IF v_statement IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'MW404', MESSAGE = format('there is no routine %s for a job', p_procedure),
            HINT = 'schema.name with the arguments (integer, jsonb), (jsonb) or none, of an administrator';
    END IF;
    RETURN v_statement;
END
$$;
COMMENT ON FUNCTION ops.job_statement(text, integer, jsonb) IS 'The statement that runs a job''s routine. MW404 when there is no such routine, or somebody below administrator owns it (ops.is_trusted_routine).';
REVOKE ALL ON FUNCTION ops.job_statement(text, integer, jsonb) FROM PUBLIC;
