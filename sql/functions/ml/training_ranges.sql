CREATE OR REPLACE FUNCTION ml.training_ranges(equipment_id text, "from" timestamptz, "to" timestamptz)
    RETURNS TABLE (kind text, "from" timestamptz, "to" timestamptz, label text)
    LANGUAGE sql STABLE SECURITY DEFINER ROWS 100
    SET search_path = pg_catalog, pg_temp
AS $$
    WITH known AS MATERIALIZED (
        SELECT l.starts_at, coalesce(l.ends_at, 'infinity') AS ends_at, l.kind, l.detail, m.margin
        FROM plant.label AS l
        CROSS JOIN (SELECT ops.setting_interval('ml.training_margin') AS margin) AS m
        WHERE l.equipment_id = training_ranges.equipment_id AND l.kind <> 'normal' AND isfinite(l.starts_at)
    )
    SELECT 'normal', lower(r), upper(r), NULL::text
    FROM unnest(tstzmultirange(tstzrange(training_ranges.from, training_ranges.to)) - (
        SELECT coalesce(range_agg(tstzrange(k.starts_at - k.margin,
            CASE WHEN isfinite(k.ends_at) THEN k.ends_at + k.margin END)), '{}')
        FROM known AS k)) AS r
    UNION ALL
    -- a moment shows nothing: what went before it may
    SELECT 'abnormal', a.starts, a.ends, left(coalesce(nullif(k.detail, ''), k.kind), 64)
    FROM known AS k
    CROSS JOIN LATERAL (
        SELECT greatest(CASE WHEN k.ends_at = k.starts_at THEN k.starts_at - k.margin ELSE k.starts_at END,
                        training_ranges.from) AS starts,
               least(k.ends_at, training_ranges.to) AS ends) AS a
    WHERE a.starts < a.ends
    ORDER BY 1, 2
$$;
COMMENT ON FUNCTION ml.training_ranges(text, timestamptz, timestamptz) IS
    'When a machine was well and when not, between two times, by plant.label: normal is what is left without the known '
    'faults, failures and wear and the setting ml.training_margin on both sides of them; abnormal is what they last, '
    'or the margin before one that is a moment.';
REVOKE ALL ON FUNCTION ml.training_ranges(text, timestamptz, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ml.training_ranges(text, timestamptz, timestamptz) TO viewer;
