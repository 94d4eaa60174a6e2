CREATE OR REPLACE FUNCTION ml.claim_waveforms(max_sets integer)
    RETURNS TABLE (ordinal integer, equipment_id text, power text, model_version text, "time" text, features jsonb, members jsonb)
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER ROWS 100
    SET search_path = pg_catalog, pg_temp SET timezone = 'UTC'
AS $$
#variable_conflict use_column
DECLARE
    v_tolerance interval := ops.setting_interval('ml.waveform_tolerance');
BEGIN
    -- One process at a time: a set is two rows, and two that pair them differently would both be right.
    PERFORM pg_advisory_xact_lock(hashtextextended('millwright:ml.waveform', 0));
    RETURN QUERY
    WITH waiting AS MATERIALIZED (
        SELECT w.* FROM ml.waveform_features AS w WHERE w.outcome = 'waiting'
    ), candidate AS MATERIALIZED (
        SELECT a.equipment_id, a.time, b.modality AS partner_modality, b.time AS partner_time, b.features AS partner_features,
               b.power AS partner_power, b.model_version AS partner_version,
               greatest(a.time - b.time, b.time - a.time) AS distance
        FROM waiting AS a
        JOIN waiting AS b ON b.equipment_id = a.equipment_id AND b.modality = a.needs[2]
            AND b.time BETWEEN a.time - v_tolerance AND a.time + v_tolerance
        WHERE cardinality(a.needs) = 2 AND a.modality = a.needs[1]
    ), pair AS (
        -- each is the other's nearest; who is nobody's nearest waits for a better partner or for the end of its time
        SELECT c.* FROM candidate AS c
        WHERE NOT EXISTS (
            SELECT FROM candidate AS d
            WHERE d.equipment_id = c.equipment_id AND (d.time = c.time) <> (d.partner_time = c.partner_time)
              AND (d.distance, d.time, d.partner_time) < (c.distance, c.time, c.partner_time))
    ), complete AS (
        SELECT w.equipment_id, coalesce(w.power, p.partner_power) AS power,
               coalesce(w.model_version, p.partner_version) AS model_version, w.time, w.received_at,
               w.features || coalesce(p.partner_features, '{}') AS features,
               jsonb_build_array(jsonb_build_object('modality', w.modality, 'time', w.time))
                   || CASE WHEN p.partner_time IS NULL THEN '[]'
                      ELSE jsonb_build_array(jsonb_build_object('modality', p.partner_modality, 'time', p.partner_time)) END AS members
        FROM waiting AS w
        LEFT JOIN pair AS p ON p.equipment_id = w.equipment_id AND p.time = w.time AND w.modality = w.needs[1]
        WHERE p.partner_time IS NOT NULL OR w.needs = ARRAY[w.modality]
    )
    SELECT (row_number() OVER (ORDER BY c.received_at, c.equipment_id, c.time) - 1)::integer, c.equipment_id, c.power, c.model_version,
           to_json(c.time) #>> '{}', c.features, c.members
    FROM complete AS c
    ORDER BY c.received_at, c.equipment_id, c.time
    LIMIT max_sets;
END
$$;
COMMENT ON FUNCTION ml.claim_waveforms(integer) IS
    'Complete sets of waveform features, oldest first: a waveform whose bundle needs nothing else, or two modalities of one machine within the setting ml.waveform_tolerance, nearest first. Until the transaction ends no other process gets any. thin scores them, and says with ml.finish_waveforms what became of each; time is that of the bundle''s first modality.';
REVOKE ALL ON FUNCTION ml.claim_waveforms(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ml.claim_waveforms(integer) TO thin;
