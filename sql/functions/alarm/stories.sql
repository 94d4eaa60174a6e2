CREATE OR REPLACE FUNCTION alarm.stories(machines alarm.signal[], outcomes alarm.outcome[], severity text DEFAULT NULL)
    RETURNS TABLE (place bigint, ordinal bigint, "time" timestamptz, kind text, level text, severity text,
                   rank smallint,
                   limit_value float8, value float8, peak float8, chatter_started boolean, chattering boolean,
                   cleared boolean,
                   occurrence bigint, is_first boolean, is_last boolean)
    LANGUAGE sql STABLE PARALLEL SAFE ROWS 100
BEGIN ATOMIC
    SELECT n.place, n.ordinal, n.time, n.kind, n.level, n.severity, v.rank, n.limit_value, n.value, n.peak,
           n.chatter_started, n.chattering, n.cleared, n.occurrence, n.is_first, n.is_last
    FROM (
        SELECT e.place, e.ordinal, e.time,
               CASE WHEN e.before = 0 THEN 'raised' WHEN e.active = 0 THEN 'cleared'
                    -- another limit may become active or inactive behind the worst one: nothing to tell
                    WHEN e.bit <> e.bit_before THEN 'severity_changed' END AS kind,
               CASE e.bit WHEN alarm.bit_of('high_high') THEN 'high_high' WHEN alarm.bit_of('low_low') THEN 'low_low'
                          WHEN alarm.bit_of('low') THEN 'low'
                          ELSE CASE e.condition WHEN 'inside' THEN 'inside' ELSE 'high' END END AS level,
               coalesce($3, e.severities[alarm.bit_number(e.bit)]) AS severity,
               CASE e.bit WHEN alarm.bit_of('high_high') THEN e.high_high WHEN alarm.bit_of('low_low') THEN e.low_low
                          WHEN alarm.bit_of('low') THEN e.low ELSE e.high END AS limit_value,
               e.value, e.peak, e.chattering AND NOT e.chattering_before
                   AND e.before = 0 AS chatter_started, e.chattering,
               e.active = 0 AS cleared, e.occurrence, e.before = 0 OR e.ordinal = 1 AS is_first, e.active = 0
                   OR e.is_last AS is_last
        FROM (
            SELECT b.*,
                   -- mostly one limit is active: nothing to rank
                   CASE WHEN alarm.is_one_limit(b.governed) THEN b.governed
                        ELSE alarm.governing_bit(b.ranked, b.governed) END AS bit,
                   CASE WHEN b.active = 0 OR alarm.is_one_limit(b.before) THEN b.before
                        ELSE alarm.governing_bit(b.ranked, b.before) END AS bit_before
            FROM (
                SELECT a.*, CASE a.active WHEN 0 THEN a.before ELSE a.active END AS governed,
                       CASE WHEN $3 IS NULL THEN a.severities END AS ranked,
                       -- 0: belongs to the alarm that was open before; n: to the nth that these samples raised
                       count(*) FILTER (WHERE a.before = 0) OVER (PARTITION BY a.place ORDER BY a.ordinal) AS occurrence
                FROM (
                    SELECT o.ordinality AS place, u.ordinal, u.time, u.value, u.peak,
                           alarm.event_limits(u.active) AS active,
                           alarm.event_chatters(u.active) AS chattering,
                           alarm.event_limits(coalesce(lag(u.active) OVER w, o.active_before)) AS before,
                           alarm.event_chatters(coalesce(lag(u.active) OVER w, 0)) AS chattering_before,
                           lead(u.ordinal) OVER w IS NULL AS is_last,
                           g.condition, g.severities, g.low_low, g.low, g.high, g.high_high
                    FROM unnest($2) WITH ORDINALITY AS o
                    JOIN unnest($1) WITH ORDINALITY AS g ON g.ordinality = o.ordinality
                    CROSS JOIN LATERAL unnest(o.event_time, o.event_active, o.event_value, o.event_peak) WITH ORDINALITY
                        AS u (time, active, value, peak, ordinal)
                    WINDOW w AS (PARTITION BY o.ordinality ORDER BY u.ordinal)
                ) AS a
            ) AS b
            -- a fence: flattened into its uses, each bit would be worked out six times
            OFFSET 0
        ) AS e
    ) AS n
    LEFT JOIN alarm.severity AS v ON v.name = n.severity;
END;
COMMENT ON FUNCTION alarm.stories(alarm.signal[], alarm.outcome[], text) IS
    'What alarm.run found, told as transitions of alarms: place (of machine and outcome in the arrays), kind (NULL '
    'where nothing that is told changed), limit, severity (the one given overrides the limits'' own), value, the '
    'ordinal of the alarm among those that the samples raised (occurrence, 0: the one that was open before) and '
    'whether it is that alarm''s first and last. For ingest, which has hundreds at once; alarm.story is the same for '
    'one.';
REVOKE ALL ON FUNCTION alarm.stories(alarm.signal[], alarm.outcome[], text) FROM PUBLIC;
