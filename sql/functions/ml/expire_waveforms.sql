CREATE OR REPLACE FUNCTION ml.expire_waveforms() RETURNS integer
    LANGUAGE sql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
    WITH gone AS (
        UPDATE ml.waveform_features AS w
        SET outcome = 'no_partner', decided_at = clock_timestamp(),
            outcome_detail = 'needs ' || array_to_string(w.needs, ' and ') || ' of one moment'
        WHERE w.outcome = 'waiting' AND cardinality(w.needs) > 1
          AND w.received_at < clock_timestamp() - ops.setting_interval('ml.waveform_partner_wait')
          -- both there, and only nobody was there to score them: they are due, not late
          AND NOT EXISTS (
            SELECT FROM ml.waveform_features AS p
            WHERE p.outcome = 'waiting' AND p.equipment_id = w.equipment_id AND p.modality <> w.modality
              AND p.modality = ANY (w.needs)
              AND p.time BETWEEN w.time - ops.setting_interval('ml.waveform_tolerance')
                             AND w.time + ops.setting_interval('ml.waveform_tolerance'))
        RETURNING 1
    )
    SELECT count(*)::integer FROM gone
$$;
COMMENT ON FUNCTION ml.expire_waveforms() IS
    'Ends the waiting of waveforms whose partner did not come within the setting ml.waveform_partner_wait (outcome no_partner); returns how many. Called by thin beside ml.claim_waveforms.';
REVOKE ALL ON FUNCTION ml.expire_waveforms() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ml.expire_waveforms() TO thin;
