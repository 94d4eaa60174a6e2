CREATE OR REPLACE FUNCTION ml.threshold_factor(equipment_id text, power text, bundle_kind text) RETURNS float8
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT v.factor FROM ml.threshold_version AS v
    WHERE v.equipment_id = $1 AND v.power = $2 AND v.bundle_kind = $3
    ORDER BY v.version DESC LIMIT 1
$$;
COMMENT ON FUNCTION ml.threshold_factor(text, text, text) IS
    'What score / threshold of a machine''s model of this power and kind is held against; NULL: 1, nobody moved it.';
REVOKE ALL ON FUNCTION ml.threshold_factor(text, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ml.threshold_factor(text, text, text) TO viewer;
