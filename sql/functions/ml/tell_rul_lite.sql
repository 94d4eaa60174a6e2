CREATE OR REPLACE FUNCTION ml.tell_rul_lite(told ml.rul_lite_state[]) RETURNS integer
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    -- ml.record_rul takes so many at once
    c_most CONSTANT integer := 10000;
    v_life CONSTANT float8 := ops.setting_float('ml.rul_lite_life');
    v_hours CONSTANT float8 := ops.setting_float('ml.rul_lite_hours');
    v_stored integer := 0;
BEGIN
    -- a loop over thousands, which a long outage may bring
    FOR i IN 0 .. (coalesce(cardinality(told), 0) - 1) / c_most LOOP
        SELECT v_stored + r.stored INTO v_stored
        FROM (
            SELECT jsonb_agg(jsonb_build_object(
                'equipment_id', s.equipment_id, 'power', s.power, 'method', 'rul_lite', 'time', api.iso(s.recorded_at),
                'rul_hours', s.units * v_hours, 'basis', jsonb_build_object(
                    'rul_pct', 100 * s.units / v_life, 'alarm', s.is_on, 'ratio', s.ratio))) AS estimates
            FROM unnest(told[i * c_most + 1 : (i + 1) * c_most]) AS s
        ) AS e
        CROSS JOIN LATERAL ml.record_rul(e.estimates) AS r
        WHERE e.estimates IS NOT NULL;
    END LOOP;
    RETURN v_stored;
END
$$;
COMMENT ON FUNCTION ml.tell_rul_lite(ml.rul_lite_state[]) IS
    'Stores what is left in these states of RUL-lite as estimates of remaining life (ml.record_rul); returns how many '
    'were new.';
REVOKE ALL ON FUNCTION ml.tell_rul_lite(ml.rul_lite_state[]) FROM PUBLIC;
