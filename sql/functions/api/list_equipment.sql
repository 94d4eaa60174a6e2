CREATE OR REPLACE FUNCTION api.list_equipment(
    type text DEFAULT NULL, category text DEFAULT NULL, status text DEFAULT NULL, location text DEFAULT NULL,
    skip integer DEFAULT 0, "limit" integer DEFAULT 100, cursor text DEFAULT NULL
) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_limit integer := api.page_limit("limit");
BEGIN
    IF skip IS NULL OR skip < 0 THEN
        RAISE EXCEPTION USING ERRCODE = 'MW422', COLUMN = 'skip', MESSAGE = 'skip must be 0 or more';
    ELSIF cursor !~ (SELECT c.definition #>> '{properties,id,pattern}' FROM api.schema_component AS c WHERE c.name = 'Equipment') THEN
        RAISE EXCEPTION USING ERRCODE = 'MW400', COLUMN = 'cursor', MESSAGE = 'cursor must be the id of a machine';
    END IF;
    RETURN coalesce((
        SELECT jsonb_agg(api.equipment_json(p) ORDER BY p.id)
        FROM (
            SELECT e.* FROM plant.equipment AS e
            WHERE (list_equipment.type IS NULL OR e.type = list_equipment.type)
                AND (list_equipment.category IS NULL OR e.category = list_equipment.category)
                AND (list_equipment.status IS NULL OR e.status = list_equipment.status)
                AND (list_equipment.location IS NULL OR e.location = list_equipment.location)
                AND (cursor IS NULL OR e.id > cursor)
            ORDER BY e.id
            OFFSET skip LIMIT v_limit
        ) AS p), '[]');
END
$$;
COMMENT ON FUNCTION api.list_equipment(text, text, text, text, integer, integer, text) IS
    'Equipment in the order of its ids, as a plain array (the shape that existing clients read), with skip and limit. For long lists use cursor instead of skip: the id of the last item of the page before.';
REVOKE ALL ON FUNCTION api.list_equipment(text, text, text, text, integer, integer, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.list_equipment(text, text, text, text, integer, integer, text) TO viewer;
