CREATE OR REPLACE FUNCTION ml.finish_waveforms(outcomes jsonb) RETURNS integer
    LANGUAGE sql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp SET timezone = 'UTC'
AS $$
    WITH done AS (
        UPDATE ml.waveform_features AS w
        SET outcome = o.outcome, outcome_detail = left(o.detail, 1000), decided_at = clock_timestamp()
        FROM jsonb_to_recordset(outcomes) AS o (equipment_id text, members jsonb, outcome text, detail text)
        CROSS JOIN LATERAL jsonb_to_recordset(o.members) AS m (modality text, "time" timestamptz)
        WHERE w.equipment_id = o.equipment_id AND w.modality = m.modality AND w.time = m.time
        RETURNING 1
    )
    SELECT count(*)::integer FROM done
$$;
COMMENT ON FUNCTION ml.finish_waveforms(jsonb) IS
    'What became of sets that ml.claim_waveforms handed out, in the same transaction: [{equipment_id, members, outcome: scored or refused, detail|null}]. Returns how many waveforms.';
REVOKE ALL ON FUNCTION ml.finish_waveforms(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ml.finish_waveforms(jsonb) TO thin;
