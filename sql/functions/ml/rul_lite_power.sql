CREATE OR REPLACE FUNCTION ml.rul_lite_power(equipment_id text, power text) RETURNS text
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE WHEN coalesce($2, 'auto') <> 'auto' THEN $2
                ELSE (SELECT l.power FROM ml.rul_lite_last_power($1) AS l) END
$$;
COMMENT ON FUNCTION ml.rul_lite_power(text, text) IS
    'The power that a client of RUL-lite means: auto or NULL is the one that the machine last ticked with; if it '
    'never did, the one power that it has thresholds for; *, if there is none or are several.';
REVOKE ALL ON FUNCTION ml.rul_lite_power(text, text) FROM PUBLIC;
