CREATE OR REPLACE FUNCTION ops.is_trusted_owner(owner oid) RETURNS boolean
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
-- asked with each batch of messages: PL/pgSQL keeps the plan, and mostly the first comparison is the last
BEGIN
    IF owner = 'millwright'::regrole THEN
        RETURN true;
    END IF;
    RETURN EXISTS (
        SELECT FROM pg_roles AS r
        WHERE r.oid = owner
          AND (r.rolsuper OR pg_has_role(r.oid, 'admin', 'MEMBER')
               OR r.oid = (SELECT d.datdba FROM pg_database AS d WHERE d.datname = current_database())));
END
$$;
COMMENT ON FUNCTION ops.is_trusted_owner(oid) IS
    'Whether a role is an administrator''s: millwright, a superuser, the database''s owner, a member of admin. What such a role owns may be named where the product calls or reads by name: decoders, jobs, relations and functions of rules. What anybody else owns may not, whoever names it.';
REVOKE ALL ON FUNCTION ops.is_trusted_owner(oid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ops.is_trusted_owner(oid) TO viewer;
