CREATE OR REPLACE FUNCTION ml.threshold_backtest(
    equipment_id text, power text, bundle_kind text, "from" timestamptz, "to" timestamptz, factors float8[]
)
    RETURNS TABLE (factor float8, predictions bigint, weeks float8, alarms bigint, false_alarms float8,
                   false_per_week float8, faults bigint, faults_found bigint, highest float8,
                   unassessed_share float8)
    LANGUAGE sql STABLE SECURITY DEFINER ROWS 40
    SET search_path = pg_catalog, pg_temp
AS $$
    WITH point AS MATERIALIZED (
        SELECT p.time, ml.largest_ratio(p.ratio) AS ratio
        FROM ml.serve_ml_predictions AS p
        WHERE p.equipment_id = $1 AND p.power = $2 AND p.stage = 'champion' AND p.time >= $4 AND p.time < $5
          AND ml.bundle_kind(p.scores, p.thresholds, p.ratio, p.value) = $3
    ), step AS MATERIALIZED (
        SELECT x.time, x.ratio, coalesce(lag(x.ratio) OVER (ORDER BY x.time), '-Infinity') AS before
        FROM point AS x WHERE x.ratio IS NOT NULL
    ), span AS (
        SELECT count(*) AS predictions, extract(epoch FROM max(s.time) - min(s.time))::float8 / (7 * 86400) AS weeks,
               min(s.time) AS first, max(s.time) AS last
        FROM step AS s
    ), fault AS MATERIALIZED (
        SELECT f.starts_at, f.ends_at,
               (SELECT max(s.ratio) FROM step AS s WHERE s.time >= f.starts_at AND s.time < f.ends_at) AS peak
        FROM plant.fault_span AS f
        WHERE f.equipment_id = $1 AND f.starts_at < $5 AND f.ends_at > $4
    ), judged AS MATERIALIZED (
        -- the last word on each alarm of this model
        SELECT a.raised_at, coalesce(a.cleared_at, 'infinity') AS cleared_at, f.verdict <> 'right' AS is_false
        FROM alarm.alarm AS a
        JOIN LATERAL (SELECT x.verdict FROM alarm.feedback AS x WHERE x.alarm_id = a.id
                      ORDER BY x.given_at DESC LIMIT 1) AS f ON true
        WHERE a.equipment_id = $1 AND a.condition = 'model_verdict' AND a.data ->> 'power' = $2
          AND a.data ->> 'bundle_kind' = $3 AND a.raised_at < $5 AND coalesce(a.cleared_at, 'infinity') > $4
    ), share AS (
        -- Of alarms that nobody assessed as many are false as of those that somebody did; if there is none of these,
        -- all.
        SELECT coalesce(avg(j.is_false::integer::float8), 1) AS unassessed FROM judged AS j
    ), rise AS MATERIALIZED (
        -- an alarm begins where the ratio rises above the factor: at every factor from before up to it
        SELECT s.time, s.ratio, s.before,
               CASE WHEN EXISTS (SELECT FROM fault AS f WHERE s.time >= f.starts_at AND s.time < f.ends_at) THEN 0
                    ELSE coalesce((SELECT max(j.is_false::integer) FROM judged AS j
                                   WHERE s.time >= j.raised_at AND s.time <= j.cleared_at)::float8,
                                  (SELECT h.unassessed FROM share AS h)) END AS weight
        FROM step AS s
        WHERE s.ratio > s.before AND s.ratio > (SELECT min(u) FROM unnest($6) AS u)
    )
    SELECT u.factor, s.predictions, s.weeks, count(r.time), coalesce(sum(r.weight), 0),
           coalesce(sum(r.weight), 0) / nullif(s.weeks, 0),
           (SELECT count(*) FROM fault), (SELECT count(*) FROM fault AS f WHERE f.peak > u.factor),
           -- below what was found, or what the model's own threshold would have found
           (SELECT min(f.peak) FROM fault AS f WHERE f.peak > least(1, (SELECT min(x) FROM unnest($6) AS x))),
           (SELECT h.unassessed FROM share AS h)
    FROM unnest($6) AS u (factor)
    CROSS JOIN span AS s
    LEFT JOIN rise AS r ON r.before <= u.factor AND r.ratio > u.factor
    GROUP BY u.factor, s.predictions, s.weeks
    ORDER BY u.factor
$$;
COMMENT ON FUNCTION ml.threshold_backtest(text, text, text, timestamptz, timestamptz, float8[]) IS
    'What a machine''s model of this power and kind would have alarmed from … to, were score / threshold held '
    'against each of factors: alarms (rises above it), how many of them were false (outside of '
    'plant.fault_span; of alarms '
    'that nobody assessed the share that people called false of the others, unassessed_share), faults and how many '
    'were found. highest: a factor from there on silences a fault that the model does find; NULL: none is known.';
REVOKE ALL ON FUNCTION ml.threshold_backtest(text, text, text, timestamptz, timestamptz, float8[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ml.threshold_backtest(text, text, text, timestamptz, timestamptz, float8[]) TO viewer;
