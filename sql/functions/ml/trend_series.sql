CREATE OR REPLACE FUNCTION ml.trend_series("now" timestamptz, equipment_ids text[] DEFAULT NULL)
    RETURNS TABLE (indicator text, equipment_id text, part text, fleet text, limit_value float8, direction text,
                   since timestamptz, because text, hours integer, last_hour timestamptz, service float8, duty float8,
                   clock float8[], value float8[])
    LANGUAGE plpgsql STABLE ROWS 1000
    SET search_path = pg_catalog, pg_temp
    -- a month's hours of a thousand machines. Nothing here is of few rows, and the planner cannot know how many there
    -- are of what is made on the way: loops within loops would take minutes.
    SET work_mem = '64MB' SET jit = off SET enable_nestloop = off SET enable_mergejoin = off
    SET plan_cache_mode = force_custom_plan
AS $$
#variable_conflict use_column
DECLARE
    -- thirds of blocks, so at most 48 blocks
    c_thirds CONSTANT integer := 144;
    c_key CONSTANT integer := 256; -- more than thirds
    c_hour CONSTANT interval := INTERVAL '1 hour';
    v_to CONSTANT timestamptz := date_trunc('hour', trend_series.now, 'UTC');
    v_from CONSTANT timestamptz := date_trunc('hour', v_to - ops.setting_interval('ml.trend_window'), 'UTC');
    v_end CONSTANT integer := (date_part('epoch', v_to) / 3600)::integer;
    v_off CONSTANT float8 := ops.setting_float('ml.trend_off');
    -- of a few machines only their hours are read
    v_sensors CONSTANT integer[] := CASE WHEN trend_series.equipment_ids IS NOT NULL THEN ARRAY(
        SELECT s.id FROM plant.sensor AS s WHERE s.equipment_id = ANY (trend_series.equipment_ids)) END;
BEGIN
    RETURN QUERY
    WITH given AS MATERIALIZED (
        SELECT row_number() OVER ()::integer AS id, s.*
        FROM ml.health_source AS s
        WHERE trend_series.equipment_ids IS NULL OR s.equipment_id = ANY (trend_series.equipment_ids)
    ), last AS (
        -- as ml.health_since, of all at once
        SELECT DISTINCT ON (g.id) g.id, r.at AS since, r.because
        FROM ml.health_reset AS r
        JOIN given AS g ON g.equipment_id = r.equipment_id
        WHERE r.at <= trend_series.now
          AND (g.component_type IS NULL OR r.component_type IS NULL OR r.component_type = g.component_type)
        ORDER BY g.id, r.at DESC, r.because
    ), source AS MATERIALIZED (
        -- blocks of three times so many whole hours, counted back from now
        SELECT s.*, l.since, l.because, h.hours AS calendar,
               greatest((h.hours + c_thirds - 1) / c_thirds, 1) AS third, v_to - h.hours * c_hour AS begins
        FROM given AS s
        LEFT JOIN last AS l ON l.id = s.id
        -- the hour in which a part came is the old one's as well
        CROSS JOIN LATERAL (SELECT greatest(
            v_end - ceil(date_part('epoch', greatest(l.since, v_from)) / 3600)::integer, 0) AS hours) AS h
    ), off AS MATERIALIZED (
        SELECT o.equipment_id, o.bucket, o.off FROM ml.health_off(v_from, v_to, trend_series.equipment_ids) AS o
    ), pause AS MATERIALIZED (
        -- hours are counted back from now: 0 is the last that is over
        SELECT s.id, v_end - 1 - (date_part('epoch', o.bucket) / 3600)::integer AS back, s.third, o.off
        FROM off AS o
        JOIN source AS s ON s.equipment_id = o.equipment_id AND o.bucket >= s.begins
    ), hour AS (
        SELECT x.id * c_key + x.back / x.third AS key, x.back, x.value
        FROM (
            SELECT s.id, s.third, v_end - 1 - (date_part('epoch', h.bucket) / 3600)::integer AS back, ml.health_value(
                       s.statistic, s.centre, s.spread, h.count, h.min, h.max, h.mean, h.sum_sq) AS value
            FROM rollup.reading_1h AS h
            JOIN source AS s ON s.sensor_id = h.sensor_id AND h.bucket >= s.begins
            WHERE s.statistic <> 'p95' AND h.bucket >= v_from AND h.bucket < v_to
              AND (v_sensors IS NULL OR h.sensor_id = ANY (v_sensors))
            UNION ALL
            SELECT s.id, s.third, v_end - 1 - (date_part('epoch', k.bucket) / 3600)::integer,
                   (rollup.quantiles(k.sketch, '{0.95}'))[1]
            FROM rollup.sketch_1h AS k
            JOIN source AS s ON s.sensor_id = k.sensor_id AND k.bucket >= s.begins
            WHERE s.statistic = 'p95' AND k.bucket >= v_from AND k.bucket < v_to
              AND (v_sensors IS NULL OR k.sensor_id = ANY (v_sensors))
            UNION ALL
            SELECT s.id, s.third, v_end - 1 - (date_part('epoch', r.bucket) / 3600)::integer,
                   CASE s.statistic WHEN 'max' THEN r.max ELSE r.sum / r.count END
            FROM ml.health_ratio_1h AS r
            JOIN source AS s ON s.kind = 'prediction_ratio' AND s.equipment_id = r.equipment_id AND s.part = r.power
                AND s.model_version = r.model_version AND r.bucket >= s.begins
            WHERE r.bucket >= v_from AND r.bucket < v_to AND (trend_series.equipment_ids IS NULL
                                                              OR r.equipment_id = ANY (trend_series.equipment_ids))
        ) AS x
        LEFT JOIN pause AS p ON p.id = x.id AND p.back = x.back
        -- not: that there is a value, which would be worked out once more for it; what has none is not counted below
        WHERE (p.off > v_off) IS NOT TRUE
    ), third AS (
        -- without its least and greatest hour, and of three thirds the middle one: a sort of all hours for a median of
        -- each block takes most of the time that this has
        SELECT h.key, CASE WHEN count(h.value) > 2 THEN
                   (sum(h.value) - min(h.value) - max(h.value)) / (count(h.value) - 2)
                   ELSE sum(h.value) / count(h.value) END AS value, count(h.value) AS hours, min(h.back) AS back
        FROM hour AS h
        GROUP BY h.key
        HAVING count(h.value) > 0
    ), told AS (
        SELECT t.key / c_key AS id, t.key % c_key / 3 AS block,
               CASE WHEN count(*) > 2 THEN sum(t.value) - min(t.value) - max(t.value)
                    ELSE sum(t.value) / count(*) END AS value,
               sum(t.hours) AS hours, min(t.back) AS back
        FROM third AS t
        GROUP BY 1, 2
    ), off_block AS (
        SELECT p.id, p.back / p.third / 3 AS block, sum(p.off) AS off FROM pause AS p GROUP BY 1, 2
    ), block AS (
        -- hours of service up to the middle of each block, whether anything was heard in it or not
        SELECT b.id, b.block, b.service, sum(b.service) OVER w - b.service / 2 AS clock
        FROM (
            SELECT s.id, g.block,
                   greatest(least(3 * s.third, s.calendar - g.block * 3 * s.third) - coalesce(p.off, 0), 0) AS service
            FROM source AS s
            CROSS JOIN LATERAL generate_series(0, (s.calendar - 1) / s.third / 3) AS g (block)
            LEFT JOIN off_block AS p ON p.id = s.id AND p.block = g.block
            WHERE s.calendar > 0
        ) AS b
        WINDOW w AS (PARTITION BY b.id ORDER BY b.block DESC)
    ), series AS (
        SELECT b.id, sum(b.service) AS service, coalesce(sum(t.hours), 0) AS hours,
               v_to - (min(t.back) + 1) * c_hour AS last_hour,
               array_agg(b.clock ORDER BY b.block DESC) FILTER (WHERE t.value IS NOT NULL AND b.service > 0) AS clock,
               array_agg(t.value ORDER BY b.block DESC) FILTER (WHERE t.value IS NOT NULL AND b.service > 0) AS value
        FROM block AS b
        LEFT JOIN told AS t ON t.id = b.id AND t.block = b.block
        GROUP BY b.id
    )
    SELECT s.indicator, s.equipment_id, s.part,
           -- whose drifts may be compared: of the same type of machine, kind of signal and unit; where the type is not
           -- known a machine is like no other
           concat_ws(E'\n', s.indicator, s.equipment_type,
                     CASE WHEN s.equipment_type = 'unknown' THEN s.equipment_id END,
                     s.sensor_type, s.unit, s.direction),
           s.limit_value, s.direction, s.since, s.because, coalesce(x.hours, 0)::integer, x.last_hour,
           coalesce(x.service, 0), x.service / nullif(s.calendar, 0), coalesce(x.clock, '{}'), coalesce(x.value, '{}')
    FROM source AS s
    LEFT JOIN series AS x ON x.id = s.id;
END
$$;
COMMENT ON FUNCTION ml.trend_series(timestamptz, text[]) IS
    'Each health indicator of machines (NULL: all) as a trend takes it, as of a time: at most 48 blocks of the '
    'finished hours that count (of three thirds the middle one, each the mean without its least and greatest hour), in '
    'ascending order of a clock of hours in service, which stands at service now. Hours count from the last '
    'replacement or repair on, at most the setting ml.trend_window back, and only where the '
    'machine was in service (setting ml.trend_off). fleet: those with the same text may be compared.';
REVOKE ALL ON FUNCTION ml.trend_series(timestamptz, text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ml.trend_series(timestamptz, text[]) TO viewer;
