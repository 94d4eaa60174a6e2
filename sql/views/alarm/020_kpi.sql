-- Key figures after ISA-18.2 (IEC 62682) and EEMUA 191. Targets of EEMUA 191 for one operator: on average at most one alarm in ten
-- minutes, less than 1 % of the time in a flood (more than 10 in ten minutes), priorities about 80 % low, 15 % medium, 5 % high.
CREATE VIEW alarm.kpi_10_minutes AS
SELECT to_timestamp(floor(extract(epoch FROM a.raised_at) / 600) * 600) AS period, count(*) AS alarms,
       count(DISTINCT a.equipment_id) AS equipment, count(*) > 10 AS is_flood
FROM alarm.alarm AS a
WHERE a.retracted_at IS NULL
GROUP BY 1;
COMMENT ON VIEW alarm.kpi_10_minutes IS 'Alarms raised per ten minutes (those without any are absent); more than ten are a flood. Filter by period.';
GRANT SELECT ON alarm.kpi_10_minutes TO viewer;

CREATE VIEW alarm.kpi_day AS
SELECT k.* FROM alarm.kpi('day', now() - INTERVAL '31 days', now()) AS k;
COMMENT ON VIEW alarm.kpi_day IS 'alarm.kpi per day (setting plant.time_zone) of the last 31.';
GRANT SELECT ON alarm.kpi_day TO viewer;

CREATE VIEW alarm.kpi_shift AS
SELECT k.* FROM alarm.kpi('shift', now() - INTERVAL '7 days', now()) AS k;
COMMENT ON VIEW alarm.kpi_shift IS 'alarm.kpi per shift (setting alarm.shift_starts) of the last seven days.';
GRANT SELECT ON alarm.kpi_shift TO viewer;

CREATE VIEW alarm.kpi_equipment AS
SELECT k.* FROM alarm.kpi('equipment', now() - INTERVAL '31 days', now()) AS k;
COMMENT ON VIEW alarm.kpi_equipment IS 'alarm.kpi per equipment over the last 31 days.';
GRANT SELECT ON alarm.kpi_equipment TO viewer;

CREATE VIEW alarm.bad_actor AS
SELECT x.rule, x.rule_id, x.equipment_id, x.sensor, x.alarms, x.share, sum(x.share) OVER (ORDER BY x.alarms DESC, x.rule, x.equipment_id, x.sensor) AS cumulated_share,
       x.chattering, x.minutes_active, x.acknowledged_share
FROM (
    SELECT a.code AS rule, a.rule_id, a.equipment_id, s.name AS sensor, count(*) AS alarms,
           count(*)::float8 / sum(count(*)) OVER () AS share, count(*) FILTER (WHERE a.chattering) AS chattering,
           sum(extract(epoch FROM coalesce(a.cleared_at, now()) - a.raised_at))::float8 / 60 AS minutes_active,
           count(*) FILTER (WHERE a.acknowledged)::float8 / count(*) AS acknowledged_share
    FROM alarm.alarm AS a
    LEFT JOIN plant.sensor AS s ON s.id = a.sensor_id
    WHERE a.raised_at > now() - INTERVAL '31 days' AND a.retracted_at IS NULL
    GROUP BY a.code, a.rule_id, a.equipment_id, s.name
) AS x;
COMMENT ON VIEW alarm.bad_actor IS
    'Which rule and sensor raised how many of the last 31 days'' alarms, most first. The usual finding: ten of them make most of the load.';
GRANT SELECT ON alarm.bad_actor TO viewer;

CREATE VIEW alarm.chattering AS
SELECT x.rule, x.rule_id, x.equipment_id, s.name AS sensor, count(*) AS bursts, max(x.raised_at) AS last_time
FROM (
    SELECT a.code AS rule, a.rule_id, a.equipment_id, a.sensor_id, a.raised_at,
           lag(a.raised_at, 2) OVER (PARTITION BY a.code, a.equipment_id, a.sensor_id ORDER BY a.raised_at) AS third_last
    FROM alarm.alarm AS a
    WHERE a.raised_at > now() - INTERVAL '7 days' AND a.retracted_at IS NULL
) AS x
LEFT JOIN plant.sensor AS s ON s.id = x.sensor_id
WHERE x.raised_at - x.third_last <= INTERVAL '1 minute'
GROUP BY x.rule, x.rule_id, x.equipment_id, s.name;
COMMENT ON VIEW alarm.chattering IS 'Alarms that came up three times within a minute in the last seven days (ISA-18.2''s measure), and how often.';
GRANT SELECT ON alarm.chattering TO viewer;

CREATE VIEW alarm.stale AS
SELECT a.id, a.code AS rule, a.equipment_id, s.name AS sensor, a.severity, a.raised_at, now() - a.raised_at AS standing_for, a.acknowledged,
       a.shelved IS NOT NULL AS is_shelved, a.suppressed_by <> '{}' AS is_suppressed, a.out_of_service
FROM alarm.alarm AS a
LEFT JOIN plant.sensor AS s ON s.id = a.sensor_id
WHERE a.cleared_at IS NULL AND a.raised_at < now() - ops.setting_interval('alarm.stale_after');
COMMENT ON VIEW alarm.stale IS 'Alarms that stand longer than the setting alarm.stale_after.';
GRANT SELECT ON alarm.stale TO viewer;

CREATE VIEW alarm.flood AS
WITH flooded AS (
    -- each alarm that is the eleventh (or later) within ten minutes
    SELECT x.raised_at, x.eleventh_last
    FROM (SELECT a.raised_at, lag(a.raised_at, 10) OVER (ORDER BY a.raised_at) AS eleventh_last FROM alarm.alarm AS a
          WHERE a.raised_at > now() - INTERVAL '31 days' AND a.retracted_at IS NULL) AS x
    WHERE x.raised_at - x.eleventh_last <= INTERVAL '10 minutes'
), island AS (
    SELECT f.*, count(*) FILTER (WHERE f.eleventh_last > f.before) OVER (ORDER BY f.raised_at) AS number
    FROM (SELECT *, max(raised_at) OVER (ORDER BY raised_at ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before FROM flooded) AS f
)
SELECT i.started_at, i.ended_at, i.ended_at - i.started_at AS duration,
       (SELECT count(*) FROM alarm.alarm AS a WHERE a.retracted_at IS NULL AND a.raised_at BETWEEN i.started_at AND i.ended_at) AS alarms,
       (SELECT a.equipment_id FROM alarm.alarm AS a WHERE a.retracted_at IS NULL AND a.raised_at BETWEEN i.started_at AND i.ended_at GROUP BY 1 ORDER BY count(*) DESC LIMIT 1) AS worst_equipment
FROM (SELECT min(eleventh_last) AS started_at, max(raised_at) AS ended_at FROM island GROUP BY number) AS i;
COMMENT ON VIEW alarm.flood IS 'Floods of the last 31 days: times in which more than ten alarms fell within ten minutes, with how many and from where.';
GRANT SELECT ON alarm.flood TO viewer;
