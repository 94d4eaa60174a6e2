CREATE OR REPLACE FUNCTION ml.import_rul_calibration(calibration jsonb) RETURNS jsonb
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    c_most CONSTANT integer := 10000;
    v_answer jsonb;
BEGIN
    IF jsonb_typeof(calibration) IS DISTINCT FROM 'object' THEN
        PERFORM alarm.refuse('MW422', 'calibration',
                             'must be an object: "equipment::power": {"cur_mag_thr", "vibe_thr"}');
    ELSIF (SELECT count(*) FROM jsonb_object_keys(calibration)) > c_most THEN
        PERFORM alarm.refuse('MW422', 'calibration', format('has more than %s members', c_most));
    END IF;
    -- two processes that start at once
    PERFORM ops.lock('ml.rul_calibration');
    WITH given AS MATERIALIZED (
        SELECT e.key, k.equipment_id, k.power, CASE
                   WHEN length(k.equipment_id) NOT BETWEEN 1 AND 64 OR length(k.power) NOT BETWEEN 1 AND 64
                       THEN 'its name is not equipment::power, 1 to 64 characters each'
                   WHEN count(*) OVER (PARTITION BY k.equipment_id,
                                       k.power) > 1 THEN 'there are two for this machine and power'
                   WHEN jsonb_typeof(e.value) <> 'object' THEN 'is not an object'
                   ELSE (SELECT 'has a member that is neither cur_mag_thr nor vibe_thr: ' || left(o, 64)
                         FROM jsonb_object_keys(e.value) AS o WHERE o NOT IN ('cur_mag_thr', 'vibe_thr') ORDER BY o
                         LIMIT 1)
               END AS problem, e.value
        FROM jsonb_each(calibration) AS e
        -- an equipment's id may have colons: the last pair divides
        CROSS JOIN LATERAL (
            SELECT coalesce(m[1], e.key) AS equipment_id, coalesce(m[2], '*') AS power
            FROM (SELECT regexp_match(e.key, '^(.*)::(.*)$') AS m) AS x
        ) AS k
    ), read AS MATERIALIZED (
        SELECT g.key, g.equipment_id, g.power, coalesce(g.problem, t.problem) AS problem, t.current_threshold,
               t.vibration_threshold
        FROM given AS g
        CROSS JOIN LATERAL (
            SELECT CASE WHEN g.problem IS NULL THEN g.value ELSE '{}' END AS value
        ) AS v
        CROSS JOIN LATERAL (
            SELECT ml.finite(v.value -> 'cur_mag_thr') AS current_threshold,
                   ml.finite(v.value -> 'vibe_thr') AS vibration_threshold, (
                SELECT CASE WHEN count(*) = 0 THEN 'has no threshold'
                            ELSE (array_agg(m.key || ' is not a number above 0, up to 1e100' ORDER BY m.key)
                                  FILTER (WHERE (ml.finite(m.value) > 0) IS NOT TRUE))[1] END
                FROM jsonb_each(v.value) AS m WHERE m.value <> 'null') AS problem
        ) AS t
    ), gone AS (
        -- what the file does not say any more, or says otherwise; a changed row is written anew, since a row that is
        -- updated is its editor's
        DELETE FROM ml.rul_lite_threshold AS t
        WHERE t.source = 'file' AND NOT EXISTS (
            SELECT FROM read AS r WHERE r.equipment_id = t.equipment_id AND r.power = t.power
            AND (r.problem IS NOT NULL OR (r.current_threshold, r.vibration_threshold)
                IS NOT DISTINCT FROM (t.current_threshold, t.vibration_threshold)))
        RETURNING t.equipment_id, t.power
    ), other AS (
        SELECT t.equipment_id, t.power, t.source = 'file' AS is_ours
        FROM ml.rul_lite_threshold AS t
        WHERE NOT EXISTS (SELECT FROM gone AS g WHERE g.equipment_id = t.equipment_id AND g.power = t.power)
    ), fresh AS MATERIALIZED (
        SELECT r.* FROM read AS r
        WHERE r.problem IS NULL
          AND NOT EXISTS (SELECT FROM other AS o WHERE o.equipment_id = r.equipment_id AND o.power = r.power)
    )
    SELECT jsonb_build_object(
        'imported', coalesce((SELECT jsonb_agg(to_jsonb(f) - '{key,problem}'::text[] ORDER BY f.equipment_id, f.power)
                              FROM fresh AS f), '[]'),
        'removed', (SELECT count(*) FROM gone AS g
                    WHERE NOT EXISTS (SELECT FROM fresh AS f WHERE f.equipment_id = g.equipment_id
                                      AND f.power = g.power)),
        'unchanged', (SELECT count(*) FROM read AS r JOIN other AS o USING (equipment_id, power)
                      WHERE o.is_ours AND r.problem IS NULL),
        'kept', (SELECT coalesce(jsonb_agg(r.key ORDER BY r.key), '[]') FROM read AS r JOIN other AS o
                 USING (equipment_id, power) WHERE NOT o.is_ours AND r.problem IS NULL),
        'refused', (SELECT coalesce(jsonb_agg(jsonb_build_object('member', left(r.key, 200), 'message', r.problem)
                                              ORDER BY r.key), '[]') FROM read AS r WHERE r.problem IS NOT NULL))
    INTO v_answer;
    INSERT INTO ml.rul_lite_threshold (equipment_id, power, current_threshold, vibration_threshold, source)
    SELECT r.equipment_id, r.power, r.current_threshold, r.vibration_threshold, 'file'
    FROM jsonb_to_recordset(v_answer -> 'imported')
        AS r (equipment_id text, power text, current_threshold float8, vibration_threshold float8);
    RETURN jsonb_set(v_answer, '{imported}', to_jsonb(jsonb_array_length(v_answer -> 'imported')));
END
$$;
COMMENT ON FUNCTION ml.import_rul_calibration(jsonb) IS
    'Thresholds of RUL-lite out of the file that RUL_CALIB_PATH names: {"equipment::power": {"cur_mag_thr", '
    '"vibe_thr"}}; '
    'without ::power for all powers of the machine. Rows of source file become what the file says, also when it says '
    'nothing of them any more; those that a person set or learned stay (kept). Answers {imported, unchanged, removed, '
    'kept[], refused[{member, message}]}: what is refused leaves the row as it was. MW422: no such object.';
REVOKE ALL ON FUNCTION ml.import_rul_calibration(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ml.import_rul_calibration(jsonb) TO thin;
