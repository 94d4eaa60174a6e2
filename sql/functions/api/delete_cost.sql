CREATE OR REPLACE FUNCTION api.delete_cost(id bigint) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_old plant.cost;
BEGIN
    DELETE FROM plant.cost AS x WHERE x.id = delete_cost.id RETURNING x.* INTO v_old;
    IF v_old.id IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'MW404', MESSAGE = 'there is no row of costs with this id';
    END IF;
    PERFORM auth.audit('cost.delete', 'cost', v_old.id::text, api.cost_json(v_old), NULL);
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION api.delete_cost(bigint) IS 'Deletes a row of costs: the more general ones hold again.';
REVOKE ALL ON FUNCTION api.delete_cost(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.delete_cost(bigint) TO engineer;
