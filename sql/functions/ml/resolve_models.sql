CREATE OR REPLACE FUNCTION ml.resolve_models(request jsonb)
    RETURNS TABLE (ordinal integer, equipment_id text, power text, model_version text, stage text,
                   error_code text, error_detail text)
    -- PL/pgSQL for its plan cache: planning took ten times as long as a request's execution
    LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 100
    SET search_path = pg_catalog, pg_temp SET timezone = 'UTC'
AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH asked AS MATERIALIZED (
        SELECT r.*
        FROM jsonb_to_recordset(request)
            AS r (ordinal integer, equipment_id text, power text, model_version text, "time" text, signature jsonb)
    ), powered AS MATERIALIZED (
        SELECT a.ordinal, a.equipment_id, a.power AS asked_power, a.model_version AS asked_version, a.time, p.power,
               ingest.parse_time(a.time) AS at,
               EXISTS (SELECT FROM ml.serve_ml_models AS m WHERE m.equipment_id = a.equipment_id AND m.status = 'ready') AS known
        FROM asked AS a
        LEFT JOIN ml.power_rule AS rule
            ON rule.equipment_id = coalesce(
                (SELECT own.equipment_id FROM ml.power_rule AS own WHERE own.equipment_id = a.equipment_id), '*')
        LEFT JOIN LATERAL (
            -- what the machine's own current and vibration say about its power, in kW
            SELECT rule.vibration_factor * coalesce(ml.finite(a.signature -> 'vib_rms'), 0)
                   + rule.current_factor * coalesce((
                        SELECT avg(ml.finite(c.value)) FROM jsonb_each(a.signature) AS c
                        WHERE c.key LIKE 'cur\_%\_rms' AND ml.finite(c.value) <> 0), 0) AS kw
        ) AS estimate ON true
        LEFT JOIN LATERAL (
            SELECT m.power
            FROM ml.serve_ml_models AS m
            WHERE m.equipment_id = a.equipment_id AND m.status = 'ready'
              AND CASE
                  WHEN a.power IS NOT NULL THEN m.power = a.power OR ml.power_kw(m.power) = ml.power_kw(a.power)
                  WHEN rule.fixed_power IS NOT NULL THEN m.power = rule.fixed_power
                  ELSE true END
            ORDER BY m.power = a.power DESC NULLS LAST, abs(ml.power_kw(m.power) - estimate.kw), m.power
            LIMIT 1
        ) AS p ON true
    ), versioned AS (
        SELECT p.*, v.model_version, v.is_serving
        FROM powered AS p
        LEFT JOIN LATERAL (
            SELECT a.model_version
            FROM ml.model_alias AS a
            JOIN ml.serve_ml_models AS m ON m.equipment_id = a.equipment_id AND m.power = a.power AND m.model_version = a.model_version
                AND m.status = 'ready'
            WHERE a.equipment_id = p.equipment_id AND a.power = p.power AND a.alias = 'champion'
        ) AS c ON true
        LEFT JOIN LATERAL (
            SELECT m.model_version,
                   CASE WHEN p.asked_version IS NULL THEN true
                        WHEN c.model_version IS NOT NULL THEN m.model_version = c.model_version
                        ELSE NOT EXISTS (
                            SELECT FROM ml.serve_ml_models AS n
                            WHERE n.equipment_id = m.equipment_id AND n.power = m.power AND n.status = 'ready'
                              AND (ml.version_key(n.model_version), n.model_version) > (ml.version_key(m.model_version), m.model_version)) END
                       AS is_serving
            FROM ml.serve_ml_models AS m
            WHERE m.equipment_id = p.equipment_id AND m.power = p.power AND m.status = 'ready'
              AND m.model_version = coalesce(p.asked_version, c.model_version, m.model_version)
            -- a version that is named or is champion needs no comparison with others
            ORDER BY CASE WHEN num_nulls(p.asked_version, c.model_version) = 2 THEN ml.version_key(m.model_version) END DESC NULLS LAST, m.model_version DESC
            LIMIT 1
        ) AS v ON true
    )
    SELECT v.ordinal, v.equipment_id, v.power, v.model_version,
           CASE WHEN v.asked_version IS NULL THEN 'champion'
                -- asked for by name, but it is the one that would have answered anyway
                WHEN v.is_serving THEN 'champion'
                ELSE 'requested' END,
           CASE WHEN NOT v.known THEN 'unknown_equipment'
                WHEN v.power IS NULL THEN 'unknown_power'
                WHEN v.model_version IS NULL THEN 'unknown_version'
                WHEN v.at IS NULL AND v.time IS NOT NULL THEN 'bad_timestamp'
                WHEN v.at > clock_timestamp() + ops.setting_interval('ingest.future_tolerance') THEN 'future_timestamp'
                WHEN v.at < clock_timestamp() - ops.setting_interval('ingest.oldest') THEN 'ancient_timestamp' END,
           CASE WHEN NOT v.known THEN
                    'No bundle serves ' || v.equipment_id || '. Equipment with bundles: ' || coalesce((
                        SELECT string_agg(x.equipment_id, ', ') FROM (
                            SELECT DISTINCT m.equipment_id FROM ml.serve_ml_models AS m WHERE m.status = 'ready'
                            ORDER BY 1 LIMIT 20) AS x), 'none')
                WHEN v.power IS NULL THEN
                    'Powers of ' || v.equipment_id || ': ' || (
                        SELECT string_agg(DISTINCT m.power, ', ') FROM ml.serve_ml_models AS m
                        WHERE m.equipment_id = v.equipment_id AND m.status = 'ready')
                WHEN v.model_version IS NULL THEN
                    'Versions of ' || v.equipment_id || ' ' || v.power || ': ' || (
                        SELECT string_agg(m.model_version, ', ' ORDER BY m.model_version) FROM ml.serve_ml_models AS m
                        WHERE m.equipment_id = v.equipment_id AND m.power = v.power AND m.status = 'ready')
                ELSE left(v.time, 100)
           END
    FROM versioned AS v
    UNION ALL
    SELECT v.ordinal, v.equipment_id, v.power, c.model_version, 'challenger', NULL, NULL
    FROM versioned AS v
    JOIN ml.model_alias AS c ON c.equipment_id = v.equipment_id AND c.power = v.power AND c.alias = 'challenger'
    JOIN ml.serve_ml_models AS m ON m.equipment_id = c.equipment_id AND m.power = c.power
        AND m.model_version = c.model_version AND m.status = 'ready'
    WHERE v.model_version IS NOT NULL AND v.asked_version IS NULL AND c.model_version <> v.model_version
      AND (v.at IS NOT NULL OR v.time IS NULL)
    ORDER BY 1, 5;
END
$$;
COMMENT ON FUNCTION ml.resolve_models(jsonb) IS
    'Which bundle answers each request of [{ordinal, equipment_id, power|null, model_version|null, time|null, signature{vib_rms, cur_*_rms}}]: the requested power, else the nearest by ml.power_rule; the requested version, else the alias champion, else the newest. A challenger follows as a row of its own. error_code unknown_equipment, unknown_power, unknown_version with what does exist; bad_timestamp, future_timestamp, ancient_timestamp.';
REVOKE ALL ON FUNCTION ml.resolve_models(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ml.resolve_models(jsonb) TO thin;
