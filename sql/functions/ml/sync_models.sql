CREATE OR REPLACE FUNCTION ml.sync_models(bundles jsonb, rejected jsonb, instance text) RETURNS jsonb
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_upserts integer;
BEGIN
    WITH found AS (
        SELECT b.equipment_id, b.power, b.model_version, coalesce(b.modalities, '{}') AS modalities,
               coalesce(b.thresholds, '{}') AS thresholds, b.class_map, b.sha256, coalesce(b.bundle_path, '') AS bundle_path,
               b."case", coalesce(b.faults, '{}') AS faults, coalesce(b.metrics, '{}') AS metrics,
               'ready' AS status, NULL::text AS status_code, NULL::text AS status_reason
        FROM jsonb_to_recordset(bundles) AS b (
            equipment_id text, power text, model_version text, modalities text[], thresholds jsonb, class_map jsonb, sha256 text,
            bundle_path text, "case" text, faults text[], metrics jsonb)
        UNION ALL
        SELECT r.equipment_id, r.power, r.model_version, '{}', '{}', NULL, NULL, coalesce(r.bundle_path, ''),
               NULL, '{}', '{}', 'rejected', r.code, left(r.reason, 1000)
        FROM jsonb_to_recordset(rejected) AS r (
            equipment_id text, power text, model_version text, bundle_path text, code text, reason text)
        -- a folder that does not even name a bundle has no row to live in; it is in the answer
        WHERE r.equipment_id IS NOT NULL AND r.power IS NOT NULL AND r.model_version IS NOT NULL
          AND length(r.equipment_id) BETWEEN 1 AND 64 AND length(r.power) BETWEEN 1 AND 64
          AND length(r.model_version) BETWEEN 1 AND 64
    ), stored AS (
        INSERT INTO ml.serve_ml_models AS m (
            equipment_id, power, model_version, modalities, thresholds, class_map, sha256, bundle_path, "case", faults, metrics,
            status, status_code, status_reason)
        SELECT DISTINCT ON (f.equipment_id, f.power, f.model_version)
               f.equipment_id, f.power, f.model_version, f.modalities, f.thresholds, f.class_map, f.sha256, f.bundle_path,
               f."case", f.faults, f.metrics, f.status, f.status_code, f.status_reason
        FROM found AS f
        ORDER BY f.equipment_id, f.power, f.model_version, f.status
        ON CONFLICT (equipment_id, power, model_version) DO UPDATE
        SET modalities = CASE WHEN excluded.status = 'ready' THEN excluded.modalities ELSE m.modalities END,
            thresholds = CASE WHEN excluded.status = 'ready' THEN excluded.thresholds ELSE m.thresholds END,
            class_map = CASE WHEN excluded.status = 'ready' THEN excluded.class_map ELSE m.class_map END,
            sha256 = CASE WHEN excluded.status = 'ready' THEN excluded.sha256 ELSE m.sha256 END,
            bundle_path = excluded.bundle_path,
            "case" = coalesce(excluded."case", m."case"),
            faults = CASE WHEN excluded.status = 'ready' THEN excluded.faults ELSE m.faults END,
            metrics = CASE WHEN excluded.status = 'ready' THEN excluded.metrics ELSE m.metrics END,
            status = excluded.status,
            status_code = excluded.status_code,
            status_reason = excluded.status_reason,
            updated_at = clock_timestamp()
        WHERE m.status <> 'retired'
          AND (m.sha256, m.status, m.status_code, m.status_reason, m.bundle_path)
              IS DISTINCT FROM (excluded.sha256, excluded.status, excluded.status_code, excluded.status_reason, excluded.bundle_path)
        RETURNING m.status
    )
    SELECT count(*) FILTER (WHERE s.status = 'ready') INTO v_upserts FROM stored AS s;

    UPDATE ml.serve_ml_models AS m
    SET status = 'missing', status_code = 'missing', status_reason = 'not found by ' || instance, updated_at = clock_timestamp()
    WHERE m.status = 'ready'
      AND NOT EXISTS (
        SELECT FROM jsonb_to_recordset(bundles) AS b (equipment_id text, power text, model_version text)
        WHERE (b.equipment_id, b.power, b.model_version) = (m.equipment_id, m.power, m.model_version));

    PERFORM pg_notify('millwright_registry', '');
    RETURN jsonb_build_object('upserts', v_upserts, 'total', jsonb_array_length(bundles), 'rejected', rejected);
END
$$;
COMMENT ON FUNCTION ml.sync_models(jsonb, jsonb, text) IS
    'thin reports what it found under SERVE_ML_ROOT: bundles that it serves and those that it refused, with code and reason. Answers {upserts: how many rows changed, total, rejected[]}. Processes of one database share one root.';
REVOKE ALL ON FUNCTION ml.sync_models(jsonb, jsonb, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ml.sync_models(jsonb, jsonb, text) TO thin;
