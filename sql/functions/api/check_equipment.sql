CREATE OR REPLACE FUNCTION api.check_equipment(id text, member text) RETURNS void
    LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF id IS NULL OR NOT EXISTS (SELECT FROM plant.equipment AS e WHERE e.id = check_equipment.id) THEN
        PERFORM alarm.refuse('MW404', member, format('there is no equipment "%s"', id));
    END IF;
END
$$;
COMMENT ON FUNCTION api.check_equipment(text, text) IS 'Refuses a machine that is not there (MW404, column member).';
REVOKE ALL ON FUNCTION api.check_equipment(text, text) FROM PUBLIC;
