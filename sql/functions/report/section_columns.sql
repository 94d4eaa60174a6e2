CREATE OR REPLACE FUNCTION report.section_columns(function text)
    RETURNS TABLE (place bigint, name text, type text, is_number boolean)
    LANGUAGE plpgsql STABLE ROWS 10
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY
    SELECT row_number() OVER (ORDER BY a.ordinal), a.name, format_type(a.type, NULL),
           format_type(a.type, NULL) IN ('bigint', 'integer', 'smallint', 'double precision', 'numeric', 'interval',
               'report.share')
    FROM pg_proc AS p
    CROSS JOIN LATERAL unnest(p.proallargtypes, p.proargmodes, p.proargnames) WITH ORDINALITY
        AS a (type, mode, name, ordinal)
    WHERE p.pronamespace = to_regnamespace(split_part(section_columns.function, '.', 1))
      AND p.proname = split_part(section_columns.function, '.', 2) AND p.proretset
      AND p.proargtypes = '1184 1184 25 25'::oidvector AND a.mode = 't'
      -- a job has it called with the owner's rights
      AND ops.is_trusted_routine(p.oid);
    IF NOT FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'MW404', MESSAGE = format('there is no section %s', section_columns.function),
            HINT = 'A function with the arguments (timestamptz, timestamptz, text, text) that returns a table, of an administrator.';
    END IF;
END
$$;
COMMENT ON FUNCTION report.section_columns(text) IS
    'The columns that a section of a report has, in their order. MW404: there is no such function, or somebody below administrator owns it.';
REVOKE ALL ON FUNCTION report.section_columns(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION report.section_columns(text) TO viewer;
