-- What only an administrator of the database can take from PUBLIC, applied at each migration after the extensions are there.
-- It withdraws what is still granted and does nothing else, so it is idempotent and mostly writes nothing.
DO $$
DECLARE
    v_statement text;
    v_is_superuser boolean := (SELECT rolsuper FROM pg_roles WHERE rolname = current_user);
BEGIN
    -- temporary tables fill the disk as others do
    IF EXISTS (SELECT FROM pg_database AS d CROSS JOIN LATERAL aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) AS a
               WHERE d.datname = current_database() AND a.grantee = 0 AND a.privilege_type = 'TEMPORARY') THEN
        EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database());
        EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO engineer', current_database());
    END IF;
    FOR v_statement IN
        SELECT format('REVOKE EXECUTE ON ROUTINE %1$s FROM PUBLIC; GRANT EXECUTE ON ROUTINE %1$s TO millwright', p.oid::regprocedure)
        FROM pg_proc AS p
        CROSS JOIN LATERAL aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) AS a
        WHERE a.grantee = 0 AND a.privilege_type = 'EXECUTE' AND p.prorettype NOT IN ('trigger'::regtype, 'event_trigger'::regtype)
          AND (
              -- session locks outlive what they were taken for, large objects belong to nobody's schema, and both this and a message
              -- to the log of changes are written by who may only read
              p.pronamespace = 'pg_catalog'::regnamespace AND p.proname ~ '^(pg_(try_)?advisory_.*|lo_.*|lowrite|pg_logical_emit_message)$'
              -- TimescaleDB gives everybody what changes tables, jobs and workers, and checks for itself who may: not always
              OR p.provolatile = 'v' AND p.proname !~ '^(time_bucket_gapfill|locf|interpolate|show_.*|.*_size|.*row_count|tsl_loaded|generate_uuid|ts_.*)$'
                 AND EXISTS (SELECT FROM pg_depend AS d JOIN pg_extension AS e ON e.oid = d.refobjid
                             WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e' AND e.extname = 'timescaledb'))
          -- on a hosted server these belong to the host
          AND (v_is_superuser OR pg_has_role(p.proowner, 'USAGE'))
    LOOP
        EXECUTE v_statement;
    END LOOP;
END
$$;
