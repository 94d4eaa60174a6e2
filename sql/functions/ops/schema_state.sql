CREATE OR REPLACE FUNCTION ops.schema_state() RETURNS jsonb
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT jsonb_build_object(
        'edition', ops.edition(),
        'migrations', count(*) FILTER (WHERE kind = 'migration'),
        'newest_migration', max(name) FILTER (WHERE kind = 'migration'),
        'program_version', max(program_version) FILTER (WHERE kind = 'release'),
        'digest', max(sha256) FILTER (WHERE kind = 'release'),
        'applied_at', to_char(max(applied_at) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
    FROM ops.migration
$$;
COMMENT ON FUNCTION ops.schema_state() IS
    'What was migrated: {edition, migrations, newest_migration, program_version, digest, applied_at}. thin serve calls it at start and refuses a database that is behind or newer.';
REVOKE ALL ON FUNCTION ops.schema_state() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ops.schema_state() TO viewer, thin;
