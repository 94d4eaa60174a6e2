CREATE OR REPLACE FUNCTION alarm.check_transition_kinds() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_kind text;
BEGIN
    SELECT n.kind INTO v_kind
    FROM (SELECT DISTINCT r.kind FROM new_rows AS r) AS n
    WHERE NOT EXISTS (SELECT FROM alarm.transition_kind AS k WHERE k.kind = n.kind)
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION
            USING ERRCODE = 'foreign_key_violation', SCHEMA = 'alarm', TABLE = 'transition', COLUMN = 'kind',
            MESSAGE = format('there is no transition "%s"', v_kind), HINT = 'See alarm.transition_kind.';
    END IF;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION alarm.check_transition_kinds() IS
    'Trigger: a transition is of a kind that there is (23503). Once a statement, and without a lock on the kind, as a '
    'foreign key would take for each row.';
REVOKE ALL ON FUNCTION alarm.check_transition_kinds() FROM PUBLIC;
CREATE OR REPLACE TRIGGER transition_kind_check AFTER INSERT ON alarm.transition REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION alarm.check_transition_kinds();
CREATE OR REPLACE TRIGGER transition_kind_check_update AFTER UPDATE ON alarm.transition
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION alarm.check_transition_kinds();
