CREATE OR REPLACE FUNCTION auth.audit_entry_guard() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF TG_OP = 'DELETE' AND OLD.occurred_at < now() - make_interval(days => ops.setting_int('auth.audit_retention_days')) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION USING ERRCODE = 'MW403', MESSAGE = 'the audit trail is append-only',
        HINT = 'Entries older than the setting auth.audit_retention_days are purged by auth.purge_expired().';
END
$$;
COMMENT ON FUNCTION auth.audit_entry_guard() IS 'Trigger: refuses UPDATE and early DELETE on the audit trail, the owner''s included (MW403).';
REVOKE ALL ON FUNCTION auth.audit_entry_guard() FROM PUBLIC;
CREATE OR REPLACE TRIGGER audit_entry_guard BEFORE UPDATE OR DELETE ON auth.audit_entry
    FOR EACH ROW EXECUTE FUNCTION auth.audit_entry_guard();
