CREATE OR REPLACE FUNCTION ml.expire_waveforms() RETURNS integer
    LANGUAGE sql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
    -- the planner takes what waits for a handful of rows, whatever came meanwhile
    SET enable_nestloop = off
AS $$
    WITH setting AS MATERIALIZED (
        SELECT ops.setting_interval('ml.waveform_tolerance') AS tolerance,
               clock_timestamp() - ops.setting_interval('ml.waveform_partner_wait') AS late
    ), waiting AS MATERIALIZED (
        SELECT w.equipment_id, w.modality, w.time, w.needs FROM ml.waveform_features AS w WHERE w.outcome = 'waiting'
    ), wanted AS (
        SELECT DISTINCT w.equipment_id, w.modality, n.other
        FROM waiting AS w CROSS JOIN unnest(w.needs) AS n (other)
        WHERE n.other <> w.modality
    ), neighbour AS (
        -- as in ml.claim_waveforms: the nearest before and behind, with frames that only grow
        SELECT k.equipment_id, k.modality, w.time, w.modality = k.modality AS is_own,
               max(w.time) FILTER (WHERE w.modality = k.other) OVER before AS previous,
               min(w.time) FILTER (WHERE w.modality = k.other) OVER behind AS following
        FROM wanted AS k
        JOIN waiting AS w ON w.equipment_id = k.equipment_id AND w.modality IN (k.modality, k.other)
        WINDOW before AS (PARTITION BY k.equipment_id, k.modality, k.other ORDER BY w.time RANGE UNBOUNDED PRECEDING),
               behind AS (PARTITION BY k.equipment_id, k.modality, k.other ORDER BY w.time DESC RANGE UNBOUNDED PRECEDING)
    ), alone AS (
        -- where both are there, and only nobody was there to score them, they are due, not late
        SELECT n.equipment_id, n.modality, n.time
        FROM neighbour AS n CROSS JOIN setting AS s
        WHERE n.is_own
        GROUP BY n.equipment_id, n.modality, n.time
        HAVING bool_and((n.time - n.previous <= s.tolerance OR n.following - n.time <= s.tolerance) IS NOT TRUE)
    ), gone AS (
        UPDATE ml.waveform_features AS w
        SET outcome = 'no_partner', decided_at = clock_timestamp(),
            outcome_detail = 'needs ' || array_to_string(w.needs, ' and ') || ' of one moment'
        FROM alone AS a, setting AS s
        WHERE w.outcome = 'waiting' AND cardinality(w.needs) > 1 AND w.received_at < s.late
          AND w.equipment_id = a.equipment_id AND w.modality = a.modality AND w.time = a.time
        RETURNING 1
    )
    SELECT count(*)::integer FROM gone
$$;
COMMENT ON FUNCTION ml.expire_waveforms() IS
    'Ends the waiting of waveforms whose partner did not come within the setting ml.waveform_partner_wait (outcome no_partner); returns how many. Called by thin beside ml.claim_waveforms.';
REVOKE ALL ON FUNCTION ml.expire_waveforms() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ml.expire_waveforms() TO thin;
