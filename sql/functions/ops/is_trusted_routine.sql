CREATE OR REPLACE FUNCTION ops.is_trusted_routine(routine oid) RETURNS boolean
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN coalesce((
        SELECT ops.is_trusted_owner(p.proowner) AND ops.is_trusted_owner((SELECT n.nspowner FROM pg_namespace AS n WHERE n.oid = p.pronamespace))
        FROM pg_proc AS p
        WHERE p.oid = routine), false);
END
$$;
COMMENT ON FUNCTION ops.is_trusted_routine(oid) IS
    'Whether the product may call a routine that a row names (decoder, job, function of a rule): it exists, and it and its schema belong to an administrator (ops.is_trusted_owner), so nobody else can have written or exchanged it.';
REVOKE ALL ON FUNCTION ops.is_trusted_routine(oid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ops.is_trusted_routine(oid) TO viewer;
