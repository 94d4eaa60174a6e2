CREATE OR REPLACE FUNCTION ml.labelled_scores(
    equipment_id text, power text, model_version text, stage text, "from" timestamptz, "to" timestamptz
) RETURNS jsonb
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
    WITH range AS MATERIALIZED (
        -- abnormal: what lasted; what is near to it is neither
        SELECT r.kind, tstzrange(r.from, r.to) AS span
        FROM ml.training_ranges(labelled_scores.equipment_id, labelled_scores.from, labelled_scores.to) AS r
    ), judged AS (
        SELECT p.is_anomaly, bool_or(r.kind = 'abnormal') AS is_faulty
        FROM ml.serve_ml_predictions AS p
        JOIN range AS r ON r.span @> p.time
        WHERE p.equipment_id = labelled_scores.equipment_id AND p.power = labelled_scores.power
          AND p.model_version = labelled_scores.model_version AND p.stage = labelled_scores.stage
          AND p.time >= labelled_scores.from AND p.time < labelled_scores.to
          -- without one known fault nobody may have looked
          AND EXISTS (SELECT FROM range AS x WHERE x.kind = 'abnormal')
        GROUP BY p.time, p.is_anomaly
    ), counted AS (
        SELECT count(*) AS n, count(*) FILTER (WHERE j.is_anomaly AND j.is_faulty) AS tp,
               count(*) FILTER (WHERE j.is_anomaly AND NOT j.is_faulty) AS fp,
               count(*) FILTER (WHERE NOT j.is_anomaly AND j.is_faulty) AS fn,
               count(*) FILTER (WHERE NOT j.is_anomaly AND NOT j.is_faulty) AS tn
        FROM judged AS j
    )
    SELECT jsonb_build_object('labelled', c.n, 'accuracy', (c.tp + c.tn) / nullif(c.n, 0)::float8,
        'precision', c.tp / nullif(c.tp + c.fp, 0)::float8, 'recall', c.tp / nullif(c.tp + c.fn, 0)::float8,
        'f1_score', 2 * c.tp / nullif(2 * c.tp + c.fp + c.fn, 0)::float8)
    FROM counted AS c
$$;
COMMENT ON FUNCTION ml.labelled_scores(text, text, text, text, timestamptz, timestamptz) IS
    'How right a version''s verdicts of one stage were between two times, by ml.training_ranges: {labelled, accuracy, '
    'precision, recall, f1_score}; what lies near a fault counts as neither, and all is null where no fault is known.';
REVOKE ALL ON FUNCTION ml.labelled_scores(text, text, text, text, timestamptz, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ml.labelled_scores(text, text, text, text, timestamptz, timestamptz) TO viewer;
