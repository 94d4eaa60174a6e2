CREATE OR REPLACE FUNCTION ml.review_champions() RETURNS integer
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    c_prefix CONSTANT text := 'champion:';
    v_case record;
    v_standing integer := 0;
BEGIN
    -- a loop over the champions that are away or were: each has an alarm of its own
    FOR v_case IN
        SELECT coalesce(s.code, a.code) AS code, s.equipment_id, s.power, s.champion, s.champion_status, s.champion_reason, s.serving_version
        FROM (SELECT c_prefix || v.equipment_id || '/' || v.power AS code, v.* FROM ml.serving AS v WHERE v.champion_status <> 'ready') AS s
        FULL JOIN (SELECT x.code FROM alarm.alarm AS x WHERE x.cleared_at IS NULL AND x.condition = 'system' AND starts_with(x.code, c_prefix)) AS a
            ON a.code = s.code
        ORDER BY 1
    LOOP
        IF v_case.champion IS NULL THEN
            PERFORM alarm.clear_system(v_case.code);
            CONTINUE;
        END IF;
        v_standing := v_standing + 1;
        -- said once per state, not once per minute
        CONTINUE WHEN EXISTS (
            SELECT FROM alarm.alarm AS x
            WHERE x.code = v_case.code AND x.cleared_at IS NULL AND x.condition = 'system'
              AND (x.data ->> 'champion', x.data ->> 'status', x.data ->> 'serving')
                  IS NOT DISTINCT FROM (v_case.champion, v_case.champion_status, v_case.serving_version));
        PERFORM alarm.raise_system(v_case.code, CASE WHEN v_case.serving_version IS NULL THEN 'critical' ELSE 'high' END,
            format('the champion %s of %s %s is %s (%s); %s', v_case.champion, v_case.equipment_id, v_case.power, v_case.champion_status,
                   coalesce(v_case.champion_reason, 'no reason given'),
                   coalesce(v_case.serving_version || ' answers in its place', 'nothing answers')),
            jsonb_build_object('equipment_id', v_case.equipment_id, 'power', v_case.power, 'champion', v_case.champion,
                'status', v_case.champion_status, 'serving', v_case.serving_version));
    END LOOP;
    RETURN v_standing;
END
$$;
COMMENT ON FUNCTION ml.review_champions() IS
    'Raises the system alarm champion:<equipment>/<power> while a champion is not ready, saying which version answers in its place (critical: none), and clears it when it is back. Returns how many are away. See ml.serving.';
REVOKE ALL ON FUNCTION ml.review_champions() FROM PUBLIC;
