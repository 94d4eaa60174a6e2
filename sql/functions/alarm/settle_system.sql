CREATE OR REPLACE FUNCTION alarm.settle_system(
    conditions text[], condition text[], object text[], value float8[], detail jsonb[], "now" timestamptz
) RETURNS integer
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    v_change record;
    v_standing integer;
BEGIN
    FOR v_change IN
        WITH measured AS (
            SELECT m.condition, m.object, m.value, m.detail
            FROM unnest(settle_system.condition, settle_system.object, settle_system.value, settle_system.detail)
                AS m (condition, object, value, detail)
        ), standing AS MATERIALIZED (
            -- the code of an alarm from before this table says what it is about
            SELECT a.id, a.code, a.severity, a.data,
                   coalesce(a.data ->> 'condition', split_part(a.code, ':', 1)) AS condition,
                   coalesce(a.data ->> 'object', substr(a.code, strpos(a.code || ':', ':') + 1)) AS object
            FROM alarm.alarm AS a
            WHERE a.cleared_at IS NULL AND a.condition = 'system' AND a.equipment_id IS NULL AND a.signal_id IS NULL
        ), subject AS (
            SELECT m.condition, m.object FROM measured AS m
            UNION
            SELECT s.condition, s.object FROM alarm.system_state AS s
            WHERE s.condition = ANY (settle_system.conditions)
               OR NOT EXISTS (SELECT FROM alarm.system_condition AS c WHERE c.name = s.condition)
            UNION
            SELECT a.condition, a.object FROM standing AS a WHERE a.condition = ANY (settle_system.conditions)
        ), level AS (
            SELECT x.condition, x.object, m.value, m.detail, c.enabled, c.on_delay, c.off_delay, c.unit,
                   c.high, c.high_high, c.severity, coalesce(c.severity_high_high, c.severity) AS severity_high_high,
                   s.beyond_since, s.back_since, s.condition IS NOT NULL AS is_known,
                   a.id AS alarm_id, a.severity AS told_severity,
                   CASE WHEN NOT c.enabled THEN NULL
                        WHEN m.value >= c.high_high
                             OR (s.level = 'high_high' AND m.value >= c.high_high - c.deadband) THEN 'high_high'
                        WHEN m.value >= c.high
                             OR (s.level IS NOT NULL AND m.value >= c.high - c.deadband) THEN 'high' END AS level
            FROM subject AS x
            LEFT JOIN measured AS m ON m.condition = x.condition AND m.object = x.object
            LEFT JOIN alarm.system_condition AS c ON c.name = x.condition
            LEFT JOIN alarm.system_state AS s ON s.condition = x.condition AND s.object = x.object
            LEFT JOIN standing AS a ON a.code = alarm.system_code(x.condition, x.object)
        ), judged AS MATERIALIZED (
            SELECT l.condition, l.object, l.level, l.value, l.detail, l.unit, l.is_known, l.alarm_id, l.told_severity,
                   CASE l.level WHEN 'high_high' THEN l.high_high WHEN 'high' THEN l.high END AS limit_value,
                   CASE l.level WHEN 'high_high' THEN l.severity_high_high WHEN 'high' THEN l.severity END AS severity,
                   n.beyond_since, n.back_since,
                   l.level IS NOT NULL AND l.alarm_id IS NULL
                       AND settle_system.now >= n.beyond_since + l.on_delay AS is_raised,
                   l.level IS NULL AND l.alarm_id IS NOT NULL
                       AND (l.enabled IS NOT TRUE OR settle_system.now >= n.back_since + l.off_delay) AS is_cleared
            FROM level AS l
            CROSS JOIN LATERAL (
                SELECT CASE WHEN l.level IS NULL THEN coalesce(l.beyond_since, settle_system.now)
                            -- a break begins it anew, unless the alarm stands
                            WHEN l.back_since IS NULL THEN coalesce(l.beyond_since, settle_system.now)
                            ELSE settle_system.now END AS beyond_since,
                       CASE WHEN l.level IS NULL THEN coalesce(l.back_since, settle_system.now) END AS back_since
            ) AS n
        ), ended AS (
            DELETE FROM alarm.system_state AS s
            USING judged AS j
            WHERE s.condition = j.condition AND s.object = j.object AND j.level IS NULL
              AND (j.alarm_id IS NULL OR j.is_cleared)
        ), kept AS (
            INSERT INTO alarm.system_state AS s (condition, object, level, value, limit_value, detail, beyond_since,
                                                 back_since)
            SELECT j.condition, j.object, j.level, j.value, j.limit_value, coalesce(j.detail, '{}'), j.beyond_since,
                   j.back_since
            FROM judged AS j
            WHERE j.level IS NOT NULL OR (j.alarm_id IS NOT NULL AND NOT j.is_cleared)
            ON CONFLICT (condition, object) DO UPDATE
            SET level = excluded.level, value = coalesce(excluded.value, s.value),
                limit_value = coalesce(excluded.limit_value, s.limit_value),
                detail = CASE WHEN excluded.level IS NULL THEN s.detail ELSE excluded.detail END,
                beyond_since = excluded.beyond_since, back_since = excluded.back_since
        ), locked AS (
            -- alarms by id before the outbox counter, which is held from the first telling on
            SELECT a.id FROM alarm.alarm AS a
            WHERE a.id IN (SELECT j.alarm_id FROM judged AS j) ORDER BY a.id FOR UPDATE
        )
        SELECT j.*, alarm.system_code(j.condition, j.object) AS code
        FROM judged AS j
        WHERE (SELECT count(*) FROM locked) >= 0
          AND (j.is_raised OR j.is_cleared OR (j.alarm_id IS NOT NULL AND j.severity <> j.told_severity))
        ORDER BY j.condition, j.object
    LOOP
        -- a loop: each is an alarm of its own, and there are few
        IF v_change.is_cleared THEN
            PERFORM alarm.clear_system(v_change.code);
        ELSE
            PERFORM alarm.raise_system(v_change.code, v_change.severity, v_change.detail ->> 'text',
                coalesce(v_change.detail, '{}') || jsonb_strip_nulls(jsonb_build_object(
                    'condition', v_change.condition, 'object', v_change.object, 'value', v_change.value,
                    'limit', v_change.limit_value, 'unit', v_change.unit)));
        END IF;
    END LOOP;
    SELECT count(*) INTO v_standing FROM alarm.system_state AS s
    WHERE s.condition = ANY (settle_system.conditions) AND s.level IS NOT NULL;
    RETURN v_standing;
END
$$;
COMMENT ON FUNCTION alarm.settle_system(text[], text[], text[], float8[], jsonb[], timestamptz) IS
    'Holds measured values of system conditions against their limits, all at once, and raises, changes and clears '
    'their alarms. conditions: those that were measured, also where nothing was found; the other arrays: one value '
    'each. Returns how many objects are beyond a limit.';
REVOKE ALL ON FUNCTION alarm.settle_system(text[], text[], text[], float8[], jsonb[], timestamptz) FROM PUBLIC;
