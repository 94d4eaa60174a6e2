CREATE OR REPLACE FUNCTION ml.store_waveforms(waveforms jsonb, OUT stored integer, OUT refused jsonb)
    LANGUAGE sql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp SET timezone = 'UTC'
AS $$
    SELECT ml.make_history_chunks('ml.waveform_features', array_agg(g.at))
    FROM (SELECT ingest.parse_time(w.time) AS at FROM jsonb_to_recordset(waveforms) AS w ("time" text)) AS g
    WHERE g.at < clock_timestamp() - INTERVAL '7 days' AND g.at >= clock_timestamp() - ops.setting_interval('ingest.oldest') HAVING count(*) > 0;

    WITH given AS MATERIALIZED (
        SELECT w.*, ingest.parse_time(w.time) AS at
        FROM jsonb_to_recordset(waveforms) AS w (
            ordinal integer, equipment_id text, modality text, power text, model_version text, "time" text,
            sample_rate_hz float8, samples integer, features jsonb)
    ), checked AS MATERIALIZED (
        SELECT g.*,
               CASE WHEN g.equipment_id !~ '^[[:alnum:]][[:alnum:]_.:-]{0,63}$' THEN 'unknown_equipment'
                    WHEN g.at IS NULL THEN 'bad_timestamp'
                    WHEN g.at > clock_timestamp() + ops.setting_interval('ingest.future_tolerance') THEN 'future_timestamp'
                    WHEN g.at < clock_timestamp() - ops.setting_interval('ingest.oldest') THEN 'ancient_timestamp' END AS error
        FROM given AS g
    ), model AS MATERIALIZED (
        -- the bundle that answers for the machine, as far as this modality alone tells its power
        SELECT r.ordinal, m.modalities, r.error_code, r.error_detail
        FROM ml.resolve_models((
            SELECT coalesce(jsonb_agg(jsonb_build_object(
                'ordinal', c.ordinal, 'equipment_id', c.equipment_id, 'power', c.power, 'model_version', c.model_version,
                'signature', (SELECT coalesce(jsonb_object_agg(f.key, f.value), '{}') FROM jsonb_each(c.features) AS f
                              WHERE f.key = 'vib_rms' OR f.key LIKE 'cur\_%\_rms'))), '[]')
            FROM checked AS c WHERE c.error IS NULL)) AS r
        LEFT JOIN ml.serve_ml_models AS m
            ON m.equipment_id = r.equipment_id AND m.power = r.power AND m.model_version = r.model_version
        WHERE r.stage <> 'challenger'
    ), added AS (
        INSERT INTO ml.waveform_features AS x (
            equipment_id, modality, time, sample_rate_hz, samples, features, power, model_version, needs, outcome, outcome_detail,
            decided_at)
        SELECT c.equipment_id, c.modality, c.at, c.sample_rate_hz, c.samples, c.features, c.power, c.model_version,
               coalesce(m.modalities, '{}'), o.outcome, left(m.error_detail, 1000),
               CASE WHEN o.outcome <> 'waiting' THEN clock_timestamp() END
        FROM checked AS c
        JOIN model AS m ON m.ordinal = c.ordinal
        CROSS JOIN LATERAL (
            SELECT CASE WHEN m.error_code IS NOT NULL THEN 'no_model'
                        WHEN c.modality <> ALL (m.modalities) THEN 'not_needed'
                        ELSE 'waiting' END AS outcome
        ) AS o
        WHERE c.error IS NULL
        ORDER BY c.equipment_id, c.modality, c.at
        ON CONFLICT DO NOTHING
        RETURNING 1
    )
    SELECT (SELECT count(*)::integer FROM added),
           (SELECT coalesce(jsonb_agg(jsonb_build_object(
                'ordinal', c.ordinal, 'code', c.error,
                'detail', CASE c.error WHEN 'unknown_equipment' THEN 'the topic names no usable equipment' ELSE left(c.time, 100) END)), '[]')
            FROM checked AS c WHERE c.error IS NOT NULL)
$$;
COMMENT ON FUNCTION ml.store_waveforms(jsonb) IS
    'Keeps features of waveforms [{ordinal, equipment_id, modality, power|null, model_version|null, time, sample_rate_hz, samples, features{}}], each once, and what the machine''s bundle needs beside them. refused: [{ordinal, code, detail}], for the quarantine. thin acknowledges the messages after the commit.';
REVOKE ALL ON FUNCTION ml.store_waveforms(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ml.store_waveforms(jsonb) TO thin;
