CREATE OR REPLACE FUNCTION ml.health_since(
    equipment_id text, component_type text, "now" timestamptz, OUT since timestamptz, OUT because text
)
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT r.at, r.because FROM ml.health_reset AS r
    WHERE r.equipment_id = $1 AND r.at <= $3
      AND ($2 IS NULL OR r.component_type IS NULL OR r.component_type = $2)
    ORDER BY r.at DESC, r.because
    LIMIT 1
$$;
COMMENT ON FUNCTION ml.health_since(text, text, timestamptz) IS
    'When something was done last at a machine that begins its health anew (ml.health_reset): at a component of this '
    'type (NULL: any), or at the machine as a whole. NULL: nothing is known of.';
REVOKE ALL ON FUNCTION ml.health_since(text, text, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ml.health_since(text, text, timestamptz) TO viewer;
