CREATE VIEW report.rul_outcome_life AS
WITH judged AS (
    SELECT o.*, d.equipment_type, d.reason, coalesce(d.began_at, min(o.time) OVER w) AS began_at,
           least(o.actual_hours, o.cap_hours) AS held_hours, o.rul_hours - least(o.actual_hours, o.cap_hours) AS error,
           extract(epoch FROM d.ended_at - coalesce(d.began_at, min(o.time) OVER w))::float8 / 3600 AS life_hours
    FROM ml.rul_outcome AS o
    JOIN ml.rul_ended AS d ON d.equipment_id = o.equipment_id AND d.ended_at = o.ended_at
    WINDOW w AS (PARTITION BY o.equipment_id, o.ended_at, o.method, o.power, o.model_version)
), bounded AS (
    SELECT j.*, s.alpha, j.life_hours * (1 - s.lambda) AS lambda_hours,
           -- the last one that was further off than alpha of the life
           min(j.actual_hours) FILTER (WHERE abs(j.error) > s.alpha * j.life_hours) OVER w AS wrong_until,
           CASE WHEN j.told_lower_hours IS NOT NULL THEN
               (j.held_hours BETWEEN j.told_lower_hours AND j.told_upper_hours)::int::float8 END AS told_holds,
           CASE WHEN j.lower_hours IS NOT NULL THEN
               (j.held_hours BETWEEN j.lower_hours AND j.upper_hours)::int::float8 END AS raw_holds
    FROM judged AS j
    CROSS JOIN (SELECT ops.setting_float('ml.outcome_alpha') AS alpha,
                       ops.setting_float('ml.outcome_lambda') AS lambda) AS s
    WINDOW w AS (PARTITION BY j.equipment_id, j.ended_at, j.method, j.power, j.model_version)
), life AS (
    SELECT b.method, b.model_version, b.power, b.equipment_type, b.equipment_id, b.began_at, b.ended_at, b.reason,
           b.is_censored, b.life_hours, b.lambda_hours, b.alpha, count(*) AS estimates,
           sum(b.error ^ 2) AS squared_error, sum(abs(b.error)) AS absolute_error, sum(b.error) AS error,
           -- what stood then: the last word before, less the time that had passed since
           (array_agg(b.rul_hours - (b.actual_hours - b.lambda_hours) ORDER BY b.time DESC)
               FILTER (WHERE b.actual_hours >= b.lambda_hours))[1] AS lambda_rul,
           (array_agg(least(b.lambda_hours, b.cap_hours) ORDER BY b.time DESC)
               FILTER (WHERE b.actual_hours >= b.lambda_hours))[1] AS lambda_held,
           coalesce(max(b.actual_hours) FILTER (WHERE b.wrong_until IS NULL OR b.actual_hours < b.wrong_until), 0)
               AS horizon_hours,
           avg(b.told_holds) AS told_coverage, avg(b.raw_holds) AS raw_coverage,
           avg(b.told_upper_hours - b.told_lower_hours) AS told_width, avg(b.upper_hours - b.lower_hours) AS raw_width,
           -- the benchmark's own constants; past 1e100 it is bad enough
           avg(exp(least(CASE WHEN b.error < 0 THEN - b.error / 13 ELSE b.error / 10 END, 230)) - 1) AS nasa_score,
           count(*) FILTER (WHERE b.actual_hours > b.told_upper_hours) AS outlived
    FROM bounded AS b
    GROUP BY b.method, b.model_version, b.power, b.equipment_type, b.equipment_id, b.began_at, b.ended_at, b.reason,
             b.is_censored, b.life_hours, b.lambda_hours, b.alpha
)
SELECT l.method, l.model_version, l.equipment_type, l.equipment_id, l.power, l.began_at, l.ended_at, l.reason,
       l.is_censored, l.life_hours, l.estimates,
       CASE WHEN NOT l.is_censored THEN l.squared_error END AS squared_error,
       CASE WHEN NOT l.is_censored THEN l.absolute_error END AS absolute_error,
       CASE WHEN NOT l.is_censored THEN l.error END AS error,
       CASE WHEN NOT l.is_censored THEN
           abs(greatest(l.lambda_rul, 0) - l.lambda_held) <= l.alpha * l.lambda_held END AS is_accurate_at_lambda,
       CASE WHEN NOT l.is_censored THEN l.horizon_hours END AS horizon_hours,
       CASE WHEN NOT l.is_censored THEN l.told_coverage END AS told_coverage,
       CASE WHEN NOT l.is_censored THEN l.raw_coverage END AS raw_coverage, l.told_width, l.raw_width,
       CASE WHEN NOT l.is_censored THEN l.nasa_score END AS nasa_score, l.outlived
FROM life AS l;
COMMENT ON VIEW report.rul_outcome_life IS
    'How the estimates of each method, version and power for a machine''s life compare with its end (ml.rul_outcome). '
    'Errors are estimate less what was really left, in hours: positive is too late. Of a censored life only how often '
    'it outlived the interval is known.';
COMMENT ON COLUMN report.rul_outcome_life.is_accurate_at_lambda IS
    'Whether the estimate that stood when the share ml.outcome_lambda of the life was over was off by at most '
    'the share '
    'ml.outcome_alpha of what was left. NULL: none stood.';
COMMENT ON COLUMN report.rul_outcome_life.horizon_hours IS
    'Prognostic horizon: so long before the end, and from then on, every estimate was off by at most the share '
    'ml.outcome_alpha of the whole life.';
COMMENT ON COLUMN report.rul_outcome_life.told_coverage IS
    'Share of the estimates whose interval, as it was told, held what was really left; raw_coverage: as the method '
    'stated it. NULL: there was none.';
COMMENT ON COLUMN report.rul_outcome_life.nasa_score IS
    'The score of the benchmark C-MAPSS with an hour for a cycle, its mean over the estimates: exp(-error / 13) - 1 of '
    'what is too early, exp(error / 10) - 1 of what is too late.';
COMMENT ON COLUMN report.rul_outcome_life.outlived IS 'Estimates whose upper end it outlived.';
GRANT SELECT ON report.rul_outcome_life TO viewer;

CREATE VIEW report.rul_scoreboard AS
SELECT l.method, l.model_version, l.equipment_type,
       count(DISTINCT (l.equipment_id, l.ended_at)) FILTER (WHERE NOT l.is_censored) AS lives,
       count(DISTINCT (l.equipment_id, l.ended_at)) FILTER (WHERE l.is_censored) AS censored_lives,
       coalesce(sum(l.estimates) FILTER (WHERE NOT l.is_censored), 0)::bigint AS estimates,
       sqrt(sum(l.squared_error) / sum(l.estimates) FILTER (WHERE NOT l.is_censored)) AS rmse,
       sum(l.absolute_error) / sum(l.estimates) FILTER (WHERE NOT l.is_censored) AS mae,
       sum(l.error) / sum(l.estimates) FILTER (WHERE NOT l.is_censored) AS bias,
       avg(l.is_accurate_at_lambda::int)::float8 AS alpha_lambda_accuracy,
       avg(l.horizon_hours) AS prognostic_horizon_hours,
       avg(l.told_coverage) FILTER (WHERE l.place <= s.last) AS coverage,
       avg(l.raw_coverage) FILTER (WHERE l.place <= s.last) AS raw_coverage,
       sum(l.nasa_score) AS nasa_score, max(l.ended_at) AS last_end_at
FROM (
    SELECT x.*, CASE WHEN NOT x.is_censored THEN
               dense_rank() OVER (PARTITION BY x.method, x.model_version, x.equipment_type, x.is_censored
                                  ORDER BY x.ended_at DESC, x.equipment_id) END AS place
    FROM report.rul_outcome_life AS x
) AS l
CROSS JOIN (SELECT ops.setting_int('ml.outcome_last') AS last) AS s
GROUP BY l.method, l.model_version, l.equipment_type;
COMMENT ON VIEW report.rul_scoreboard IS
    'How good the estimates of remaining life of each method and model version were, per type of machine, held against '
    'lives that ended by failure (report.rul_outcome_life). Hours.';
COMMENT ON COLUMN report.rul_scoreboard.censored_lives IS
    'Lives that ended otherwise (preventive, other): how long they would have lasted is not known, they have no part.';
COMMENT ON COLUMN report.rul_scoreboard.alpha_lambda_accuracy IS
    'Share of the lives of which the estimate at ml.outcome_lambda was accurate to ml.outcome_alpha.';
COMMENT ON COLUMN report.rul_scoreboard.prognostic_horizon_hours IS 'Mean of the lives'' horizons.';
COMMENT ON COLUMN report.rul_scoreboard.coverage IS
    'Share of the 80 % intervals, as they were told, that held: mean over the last lives (setting ml.outcome_last). '
    'raw_coverage: as the method stated them.';
COMMENT ON COLUMN report.rul_scoreboard.nasa_score IS
    'Sum over the lives: what the benchmark C-MAPSS gives on average when each is cut at a random moment.';
GRANT SELECT ON report.rul_scoreboard TO viewer;

CREATE VIEW report.rul_coverage AS
SELECT k.method, k.equipment_type, coalesce(o.lives, 0) AS lives, o.coverage, o.raw_coverage, o.width_hours,
       o.raw_width_hours, k.shift AS correction, exp(k.shift) AS factor, k.valid_from AS corrected_at,
       k.lives AS learned_from, k.reason
FROM (
    SELECT DISTINCT ON (c.method, c.equipment_type) c.* FROM ml.rul_correction AS c
    ORDER BY c.method, c.equipment_type, c.valid_from DESC
) AS k
LEFT JOIN (
    SELECT l.method, l.equipment_type, count(DISTINCT (l.equipment_id, l.ended_at)) AS lives,
           avg(l.told_coverage) AS coverage, avg(l.raw_coverage) AS raw_coverage, avg(l.told_width) AS width_hours,
           avg(l.raw_width) AS raw_width_hours
    FROM (
        SELECT x.*, dense_rank() OVER (PARTITION BY x.method, x.equipment_type
                                       ORDER BY x.ended_at DESC, x.equipment_id) AS place
        FROM report.rul_outcome_life AS x WHERE NOT x.is_censored
    ) AS l
    CROSS JOIN (SELECT ops.setting_int('ml.outcome_last') AS last) AS s
    WHERE l.place <= s.last
    GROUP BY l.method, l.equipment_type
) AS o ON o.method = k.method AND o.equipment_type = k.equipment_type;
COMMENT ON VIEW report.rul_coverage IS
    'How honest the 80 % intervals of each method are for each type of machine: the share of the last lives (setting '
    'ml.outcome_last) that they held, as told and as the method stated them, how wide they are, and the correction '
    'that holds now.';
COMMENT ON COLUMN report.rul_coverage.correction IS
    'ml.rul_correction.shift; factor: the upper end is multiplied by it and the lower one divided (both with 1 h '
    'added). '
    'NULL: none, see reason.';
COMMENT ON COLUMN report.rul_coverage.learned_from IS 'Lives.';
GRANT SELECT ON report.rul_coverage TO viewer;
