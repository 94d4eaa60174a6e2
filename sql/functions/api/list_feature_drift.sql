CREATE OR REPLACE FUNCTION api.list_feature_drift(
    equipment_id text, power text, model_version text DEFAULT NULL, start date DEFAULT NULL, "end" date DEFAULT NULL, "limit" integer DEFAULT 1000
) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_limit integer := api.page_limit("limit");
    v_end date := coalesce("end", (now() AT TIME ZONE 'UTC')::date + 1);
    v_start date := coalesce(start, v_end - ceil(extract(epoch FROM ops.setting_interval('ml.drift_window')) / 86400)::integer);
    v_version text := coalesce(list_feature_drift.model_version, (
        SELECT s.serving_version FROM ml.serving AS s WHERE s.equipment_id = list_feature_drift.equipment_id AND s.power = list_feature_drift.power));
BEGIN
    IF v_start >= v_end THEN
        RAISE EXCEPTION USING ERRCODE = 'MW422', COLUMN = 'end', MESSAGE = 'end must be after start';
    END IF;
    RETURN (
        SELECT jsonb_build_object('total', count(*), 'next_cursor', NULL, 'items', coalesce(jsonb_agg(to_jsonb(d) - 'model_id' ORDER BY d.psi DESC NULLS LAST, d.feature)
            FILTER (WHERE d.place <= v_limit), '[]'))
        FROM (
            SELECT x.*, row_number() OVER (ORDER BY x.psi DESC NULLS LAST, x.feature) AS place
            FROM ml.drift(v_start, v_end, list_feature_drift.equipment_id, list_feature_drift.power, v_version) AS x
        ) AS d);
END
$$;
COMMENT ON FUNCTION api.list_feature_drift(text, text, text, date, date, integer) IS
    'How a model''s features (default: those of the version that answers) were distributed on UTC days start … end (exclusive; default: the last ones, setting ml.drift_window), against its training or learned reference; worst first.';
REVOKE ALL ON FUNCTION api.list_feature_drift(text, text, text, date, date, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.list_feature_drift(text, text, text, date, date, integer) TO viewer;
