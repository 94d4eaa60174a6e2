CREATE OR REPLACE FUNCTION ml.sync_models(bundles jsonb, rejected jsonb, instance text) RETURNS jsonb
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    c_longest_extra CONSTANT integer := 65536;
    v_stored bigint[];
    v_upserts integer;
    v_model bigint;
BEGIN
    -- reports are taken one after the other: what each makes of the others' must be the last word
    PERFORM ops.lock('ml.registry');

    WITH found AS (
        SELECT b.equipment_id, b.power, b.model_version, coalesce(b.modalities, '{}') AS modalities,
               coalesce(b.thresholds, '{}') AS thresholds, b.class_map, b.sha256, coalesce(b.bundle_path, '') AS bundle_path,
               b."case", coalesce(b.faults, '{}') AS faults, coalesce(b.metrics, '{}') AS metrics,
               'ready' AS status, NULL::text AS status_code, NULL::text AS status_reason,
               coalesce(b.features, '{}') AS features, coalesce(b.unscaled, '{}') AS unscaled,
               coalesce(b.notes, '{}') || CASE WHEN x.is_long THEN ARRAY[format('metadata: more than %s bytes of other members are not kept', c_longest_extra)]
                                               ELSE '{}' END AS notes,
               coalesce(b.has_golden, false) AS has_golden, b.schema_version, b.memory_bytes, coalesce(b.files, '{}') AS files,
               CASE WHEN x.is_long THEN '{}' ELSE x.extra END AS extra
        FROM jsonb_to_recordset(bundles) AS b (
            equipment_id text, power text, model_version text, modalities text[], thresholds jsonb, class_map jsonb, sha256 text,
            bundle_path text, "case" text, faults text[], metrics jsonb, features text[], unscaled text[], notes text[],
            has_golden boolean, schema_version integer, memory_bytes bigint, files jsonb, extra jsonb)
        CROSS JOIN LATERAL (
            SELECT e.extra, octet_length(e.extra::text) > c_longest_extra AS is_long
            FROM (SELECT CASE jsonb_typeof(b.extra) WHEN 'object' THEN b.extra - 'training_statistics' ELSE '{}' END AS extra) AS e
        ) AS x
        UNION ALL
        SELECT r.equipment_id, r.power, r.model_version, '{}', '{}', NULL, NULL, coalesce(r.bundle_path, ''),
               NULL, '{}', '{}', 'rejected', r.code, left(r.reason, 1000), '{}', '{}', '{}', false, NULL, NULL, '{}', '{}'
        FROM jsonb_to_recordset(rejected) AS r (
            equipment_id text, power text, model_version text, bundle_path text, code text, reason text)
        -- a folder that does not even name a bundle has no row to live in; it is in the answer
        WHERE r.equipment_id IS NOT NULL AND r.power IS NOT NULL AND r.model_version IS NOT NULL
          AND length(r.equipment_id) BETWEEN 1 AND 64 AND length(r.power) BETWEEN 1 AND 64
          AND length(r.model_version) BETWEEN 1 AND 64
    ), chosen AS MATERIALIZED (
        SELECT DISTINCT ON (f.equipment_id, f.power, f.model_version) f.*
        FROM found AS f
        ORDER BY f.equipment_id, f.power, f.model_version, f.status
    ), stored AS (
        INSERT INTO ml.serve_ml_models AS m (
            equipment_id, power, model_version, modalities, thresholds, class_map, sha256, bundle_path, "case", faults, metrics,
            status, status_code, status_reason, features, unscaled, notes, has_golden, schema_version, memory_bytes, files, extra)
        SELECT c.equipment_id, c.power, c.model_version, c.modalities, c.thresholds, c.class_map, c.sha256, c.bundle_path,
               c."case", c.faults, c.metrics, c.status, c.status_code, c.status_reason, c.features, c.unscaled, c.notes,
               c.has_golden, c.schema_version, c.memory_bytes, c.files, c.extra
        FROM chosen AS c
        -- what is said of a bundle that is refused is what it was when it was served; its status: ml.refresh_model_status
        ON CONFLICT (equipment_id, power, model_version) DO UPDATE
        SET modalities = CASE WHEN excluded.status = 'ready' THEN excluded.modalities ELSE m.modalities END,
            thresholds = CASE WHEN excluded.status = 'ready' THEN excluded.thresholds ELSE m.thresholds END,
            class_map = CASE WHEN excluded.status = 'ready' THEN excluded.class_map ELSE m.class_map END,
            sha256 = CASE WHEN excluded.status = 'ready' THEN excluded.sha256 ELSE m.sha256 END,
            bundle_path = excluded.bundle_path,
            "case" = coalesce(excluded."case", m."case"),
            faults = CASE WHEN excluded.status = 'ready' THEN excluded.faults ELSE m.faults END,
            metrics = CASE WHEN excluded.status = 'ready' THEN excluded.metrics ELSE m.metrics END,
            features = CASE WHEN excluded.status = 'ready' THEN excluded.features ELSE m.features END,
            unscaled = CASE WHEN excluded.status = 'ready' THEN excluded.unscaled ELSE m.unscaled END,
            notes = CASE WHEN excluded.status = 'ready' THEN excluded.notes ELSE m.notes END,
            has_golden = CASE WHEN excluded.status = 'ready' THEN excluded.has_golden ELSE m.has_golden END,
            schema_version = CASE WHEN excluded.status = 'ready' THEN excluded.schema_version ELSE m.schema_version END,
            memory_bytes = CASE WHEN excluded.status = 'ready' THEN excluded.memory_bytes ELSE m.memory_bytes END,
            files = CASE WHEN excluded.status = 'ready' THEN excluded.files ELSE m.files END,
            extra = CASE WHEN excluded.status = 'ready' THEN excluded.extra ELSE m.extra END,
            updated_at = clock_timestamp()
        WHERE m.bundle_path <> excluded.bundle_path
           OR (excluded.status = 'ready'
               AND (m.sha256, m.features, m.unscaled, m.notes, m.has_golden, m.schema_version, m.memory_bytes, m.files, m.extra, m.metrics)
                   IS DISTINCT FROM (excluded.sha256, excluded.features, excluded.unscaled, excluded.notes, excluded.has_golden,
                                     excluded.schema_version, excluded.memory_bytes, excluded.files, excluded.extra, excluded.metrics))
        RETURNING m.id, m.equipment_id, m.power, m.model_version
    ), reporter AS (
        INSERT INTO ml.registry_report AS r (instance, reported_at, served, rejected)
        VALUES (left(sync_models.instance, 200), clock_timestamp(), jsonb_array_length(bundles), jsonb_array_length(sync_models.rejected))
        ON CONFLICT (instance) DO UPDATE SET reported_at = excluded.reported_at, served = excluded.served, rejected = excluded.rejected
        RETURNING r.instance
    ), known AS (
        -- rows that this statement inserts are not in the table yet
        SELECT c.*, coalesce(s.id, m.id) AS id
        FROM chosen AS c
        LEFT JOIN stored AS s ON (s.equipment_id, s.power, s.model_version) = (c.equipment_id, c.power, c.model_version)
        LEFT JOIN ml.serve_ml_models AS m ON (m.equipment_id, m.power, m.model_version) = (c.equipment_id, c.power, c.model_version)
    ), gone AS (
        DELETE FROM ml.bundle_report AS b USING reporter AS r
        WHERE b.instance = r.instance AND b.model_id NOT IN (SELECT k.id FROM known AS k)
    ), told AS (
        INSERT INTO ml.bundle_report AS b (instance, model_id, status, status_code, status_reason, sha256)
        SELECT r.instance, k.id, k.status, k.status_code, k.status_reason, k.sha256 FROM known AS k, reporter AS r
        ON CONFLICT (instance, model_id) DO UPDATE
        SET status = excluded.status, status_code = excluded.status_code, status_reason = excluded.status_reason, sha256 = excluded.sha256
        WHERE (b.status, b.status_code, b.status_reason, b.sha256)
            IS DISTINCT FROM (excluded.status, excluded.status_code, excluded.status_reason, excluded.sha256)
    )
    SELECT array_agg(s.id) FILTER (WHERE c.status = 'ready') INTO v_stored
    FROM stored AS s JOIN chosen AS c ON (c.equipment_id, c.power, c.model_version) = (s.equipment_id, s.power, s.model_version);

    SELECT count(DISTINCT u.id) INTO v_upserts FROM unnest(v_stored || ml.refresh_model_status()) AS u (id);

    -- A loop over the few whose training statistics are new. What an engineer learned from the field stays.
    FOR v_model IN
        WITH given AS MATERIALIZED (
            SELECT m.id, t.*
            FROM jsonb_to_recordset(bundles) AS b (equipment_id text, power text, model_version text, extra jsonb)
            JOIN ml.serve_ml_models AS m ON (m.equipment_id, m.power, m.model_version) = (b.equipment_id, b.power, b.model_version)
            CROSS JOIN LATERAL ml.training_reference(b.extra -> 'training_statistics') AS t
            -- of a bundle that is as it was they are known: taking a thousand apart takes seconds
            WHERE (m.id = ANY (v_stored) OR NOT EXISTS (SELECT FROM ml.feature_reference AS r WHERE r.model_id = m.id))
              AND NOT EXISTS (SELECT FROM ml.feature_reference AS r WHERE r.model_id = m.id AND r.source = 'learned' AND r.set_by <> 'system')
        ), gone AS (
            DELETE FROM ml.feature_reference AS r
            WHERE r.model_id IN (SELECT g.id FROM given AS g)
              AND NOT EXISTS (SELECT FROM given AS g WHERE g.id = r.model_id AND g.feature = r.feature)
            RETURNING r.model_id
        ), stored AS (
            INSERT INTO ml.feature_reference AS r (model_id, feature, source, mean, spread, minimum, maximum, quantiles, expected, set_by)
            SELECT g.id, g.feature, 'training', g.mean, g.spread, g.minimum, g.maximum, g.quantiles, ml.expected_shares(g.quantiles), 'system'
            FROM given AS g
            ON CONFLICT (model_id, feature) DO UPDATE SET
                source = 'training', mean = excluded.mean, spread = excluded.spread, minimum = excluded.minimum, maximum = excluded.maximum,
                quantiles = excluded.quantiles, expected = excluded.expected, samples = NULL, learned_from = NULL, learned_to = NULL,
                set_at = clock_timestamp(), set_by = 'system'
            WHERE (r.source, r.mean, r.spread, r.minimum, r.maximum, r.quantiles)
                IS DISTINCT FROM ('training', excluded.mean, excluded.spread, excluded.minimum, excluded.maximum, excluded.quantiles)
            RETURNING r.model_id
        )
        SELECT model_id FROM gone UNION SELECT model_id FROM stored ORDER BY 1
    LOOP
        PERFORM ml.recount_features(v_model);
    END LOOP;

    PERFORM ml.keep_window_specs(bundles);
    PERFORM ml.place_trained();
    PERFORM ml.review_champions();
    PERFORM pg_notify('millwright_registry', '');
    RETURN jsonb_build_object('upserts', v_upserts, 'total', jsonb_array_length(bundles), 'rejected', rejected);
END
$$;
COMMENT ON FUNCTION ml.sync_models(jsonb, jsonb, text) IS
    'thin reports what it found under SERVE_ML_ROOT: bundles that it serves and those that it refused, with code and reason. Answers {upserts: how many models changed, total, rejected[]}. Processes of one database share one root; where their reports differ, a bundle is ready while one that counts serves it (ml.registry_report).';
REVOKE ALL ON FUNCTION ml.sync_models(jsonb, jsonb, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ml.sync_models(jsonb, jsonb, text) TO thin;
