CREATE OR REPLACE FUNCTION alarm.parse_expression(query text) RETURNS text
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
-- A view's tree is what parse analysis made of the text: every function, operator, cast and relation by OID, nothing
-- rewritten, planned or folded yet. The view is gone before anybody sees it: the subtransaction is always rolled back.
DECLARE
    c_parsed CONSTANT text := 'MW000';
    v_view text := format('alarm_scratch.%I', 'parsed_' || pg_backend_pid());
    v_tree text;
BEGIN
    BEGIN
        EXECUTE format('CREATE VIEW %s AS %s', v_view, query);
        SELECT w.ev_action::text INTO STRICT v_tree FROM pg_rewrite AS w WHERE w.ev_class = v_view::regclass;
        RAISE EXCEPTION USING ERRCODE = c_parsed, MESSAGE = 'parsed';
    EXCEPTION WHEN SQLSTATE 'MW000' THEN
        RETURN v_tree;
    END;
END
$$;
COMMENT ON FUNCTION alarm.parse_expression(text) IS
    'The query tree (pg_node_tree as text) of a SELECT, parsed as role alarm_expression, which owns this function, and '
    'neither planned nor run; fails as the server fails. Leaves nothing behind. Called by alarm.approve_expression.';
REVOKE ALL ON FUNCTION alarm.parse_expression(text) FROM PUBLIC;
-- a new owner must be allowed to create where the function lies, at this moment only
GRANT USAGE, CREATE ON SCHEMA alarm TO alarm_expression;
ALTER FUNCTION alarm.parse_expression(text) OWNER TO alarm_expression;
REVOKE ALL ON SCHEMA alarm FROM alarm_expression;
GRANT EXECUTE ON FUNCTION alarm.parse_expression(text) TO millwright;
