CREATE OR REPLACE FUNCTION ml.claim_waveforms(max_sets integer)
    RETURNS TABLE (ordinal integer, equipment_id text, power text, model_version text, "time" text, features jsonb, members jsonb)
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER ROWS 100
    SET search_path = pg_catalog, pg_temp SET timezone = 'UTC'
    -- the planner takes what waits for a handful of rows, whatever came meanwhile
    SET enable_nestloop = off
AS $$
#variable_conflict use_column
DECLARE
    v_tolerance interval := ops.setting_interval('ml.waveform_tolerance');
BEGIN
    -- One process at a time: a set is two rows, and two that pair them differently would both be right.
    PERFORM ops.lock('ml.waveform');
    RETURN QUERY
    WITH waiting AS MATERIALIZED (
        SELECT w.* FROM ml.waveform_features AS w WHERE w.outcome = 'waiting'
    ), kind AS (
        SELECT DISTINCT w.equipment_id, w.needs FROM waiting AS w WHERE cardinality(w.needs) = 2 AND w.modality = w.needs[1]
    ), member AS (
        SELECT k.equipment_id, k.needs, w.time, w.modality = k.needs[1] AS is_first
        FROM kind AS k
        JOIN waiting AS w ON w.equipment_id = k.equipment_id
            AND (w.modality = k.needs[2] OR w.modality = k.needs[1] AND w.needs = k.needs)
    ), neighbour AS (
        -- The last of the other modality before, and the first after: each with a frame that only grows. All pairs within the tolerance,
        -- compared with each other, took twenty seconds for thirty sets of a machine within two seconds, and sixteen times as long for sixty.
        SELECT m.*,
               CASE WHEN m.is_first THEN max(m.time) FILTER (WHERE NOT m.is_first) OVER before
                    ELSE max(m.time) FILTER (WHERE m.is_first) OVER before END AS previous,
               CASE WHEN m.is_first THEN min(m.time) FILTER (WHERE NOT m.is_first) OVER behind
                    ELSE min(m.time) FILTER (WHERE m.is_first) OVER behind END AS following
        FROM member AS m
        WINDOW before AS (PARTITION BY m.equipment_id, m.needs ORDER BY m.time RANGE UNBOUNDED PRECEDING),
               behind AS (PARTITION BY m.equipment_id, m.needs ORDER BY m.time DESC RANGE UNBOUNDED PRECEDING)
    ), nearest AS (
        SELECT n.*, CASE WHEN n.following IS NULL OR n.time - n.previous <= n.following - n.time THEN n.previous
                         ELSE n.following END AS partner_time
        FROM neighbour AS n
    ), pair AS (
        -- each is the other's nearest; who is nobody's nearest waits for a better partner or for the end of its time
        SELECT a.equipment_id, a.time, b.modality AS partner_modality, b.time AS partner_time, b.features AS partner_features,
               b.power AS partner_power, b.model_version AS partner_version
        FROM nearest AS a
        JOIN nearest AS n ON n.equipment_id = a.equipment_id AND n.needs = a.needs AND n.time = a.partner_time
            AND NOT n.is_first AND n.partner_time = a.time
        JOIN waiting AS b ON b.equipment_id = a.equipment_id AND b.modality = a.needs[2] AND b.time = a.partner_time
        WHERE a.is_first AND greatest(a.time - a.partner_time, a.partner_time - a.time) <= v_tolerance
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
