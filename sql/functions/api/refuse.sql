CREATE OR REPLACE FUNCTION api.refuse(p_table text, p_constraint text, p_sqlstate text) RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_text text := plant.constraint_text(p_table, p_constraint);
    v_member text := split_part(v_text, ': ', 1);
BEGIN
    IF v_text IS NULL THEN
        RETURN;
    END IF;
    -- it is there already, or overlaps with something that is: a conflict; else the values are wrong
    RAISE EXCEPTION USING ERRCODE = CASE WHEN p_sqlstate IN ('23505', '23P01') THEN 'MW409' ELSE 'MW422' END,
        COLUMN = v_member, MESSAGE = v_member || substr(v_text, length(v_member) + 2);
END
$$;
COMMENT ON FUNCTION api.refuse(text, text, text) IS
    'Refuses in the words of the broken constraint of a table in plant (its COMMENT): MW409 for what exists or '
    'overlaps, else MW422; COLUMN is the member. Without a COMMENT it returns, and the caller raises what it caught.';
REVOKE ALL ON FUNCTION api.refuse(text, text, text) FROM PUBLIC;
