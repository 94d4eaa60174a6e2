CREATE OR REPLACE FUNCTION api.list_bundles(equipment_id text DEFAULT NULL, power text DEFAULT NULL) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF list_bundles.equipment_id IS NULL AND list_bundles.power IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'MW422', COLUMN = 'equipment_id', MESSAGE = 'power needs equipment_id';
    ELSIF list_bundles.equipment_id IS NULL THEN
        RETURN (SELECT jsonb_build_object('equipment', coalesce(jsonb_agg(DISTINCT m.equipment_id ORDER BY m.equipment_id), '[]'))
            FROM ml.serve_ml_models AS m WHERE m.status = 'ready');
    ELSIF list_bundles.power IS NULL THEN
        RETURN (SELECT jsonb_build_object('powers', jsonb_agg(DISTINCT m.power ORDER BY m.power))
            FROM ml.serve_ml_models AS m WHERE m.status = 'ready' AND m.equipment_id = list_bundles.equipment_id HAVING count(*) > 0);
    END IF;
    RETURN (SELECT jsonb_build_object(
            'versions', jsonb_agg(m.model_version ORDER BY ml.version_key(m.model_version) DESC, m.model_version DESC),
            'champion', (SELECT a.model_version FROM ml.model_alias AS a WHERE a.alias = 'champion'
                AND a.equipment_id = list_bundles.equipment_id AND a.power = list_bundles.power),
            'challenger', (SELECT a.model_version FROM ml.model_alias AS a WHERE a.alias = 'challenger'
                AND a.equipment_id = list_bundles.equipment_id AND a.power = list_bundles.power))
        FROM ml.serve_ml_models AS m
        WHERE m.status = 'ready' AND m.equipment_id = list_bundles.equipment_id AND m.power = list_bundles.power HAVING count(*) > 0);
END
$$;
COMMENT ON FUNCTION api.list_bundles(text, text) IS
    'serve_ml bundles that are served: {equipment[]}; with equipment_id {powers[]}; with power too {versions[], newest first, champion, challenger}. 404 where there is none.';
REVOKE ALL ON FUNCTION api.list_bundles(text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.list_bundles(text, text) TO viewer;
