-- Points that come after a newer one of their sensor are judged in the place where they belong, also where the same batch brings newer
-- ones: the history of the alarms is what it would be had they come in order.
BEGIN;
SELECT plan(16);
SET search_path = public, pg_temp;

INSERT INTO plant.equipment (id, name) VALUES ('L-1', 'L-1');
INSERT INTO plant.sensor (equipment_id, name, type, unit) SELECT 'L-1', n, 'temperature', 'C' FROM unnest('{a,b,c}'::text[]) AS n;
INSERT INTO alarm.rule (name, condition, high, deadband, chatter_count, select_equipment) VALUES ('late', 'above', 50, 0, NULL, '{L-1}');

CREATE TEMP TABLE start AS SELECT clock_timestamp() - INTERVAL '2 minutes' AS at;
-- batch: {sensor, second, value, quality} each; sorted as every caller of ingest.store sorts them
CREATE FUNCTION pg_temp.store(VARIADIC points text[]) RETURNS text LANGUAGE sql AS $$
    SELECT format('%s stored, %s transitions', r.stored, r.alarm_transitions)
    FROM (
        SELECT array_agg(s.id ORDER BY s.id, p.second) AS sensor, array_agg(p.time ORDER BY s.id, p.second) AS time,
               array_agg(p.value ORDER BY s.id, p.second) AS value, array_agg(p.quality ORDER BY s.id, p.second) AS quality
        FROM (
            SELECT w[1] AS name, w[2]::float8 AS second, start.at + make_interval(secs => w[2]::float8) AS time, w[3]::float8 AS value,
                   coalesce(w[4], '0')::smallint AS quality
            FROM start, unnest(points) AS t, string_to_array(t, ' ') AS w
        ) AS p
        JOIN plant.sensor AS s ON s.equipment_id = 'L-1' AND s.name = p.name
    ) AS b, ingest.store(b.sensor, b.time, b.value, b.quality, array_fill(false, ARRAY[cardinality(b.value)]), clock_timestamp()) AS r $$;
CREATE FUNCTION pg_temp.story(sensor text) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(format('%s@%s', t.kind, round(extract(epoch FROM t.occurred_at - start.at))), ' ' ORDER BY t.id)
    FROM start, alarm.transition AS t JOIN alarm.alarm AS a ON a.id = t.alarm_id JOIN plant.sensor AS s ON s.id = a.sensor_id
    WHERE s.equipment_id = 'L-1' AND s.name = story.sensor $$;

CREATE FUNCTION pg_temp.history(sensor text) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(trim_scale(round(extract(epoch FROM a.raised_at - start.at), 1)) || '-' || trim_scale(round(extract(epoch FROM a.cleared_at - start.at), 1)), ' ' ORDER BY a.raised_at)
    FROM start, alarm.alarm AS a JOIN plant.sensor AS s ON s.id = a.sensor_id
    WHERE s.equipment_id = 'L-1' AND s.name = history.sensor AND a.retracted_at IS NULL $$;

SELECT is(pg_temp.store('a 1 60', 'a 2 20'), '2 stored, 2 transitions', 'first words of a sensor all count');
SELECT is(pg_temp.store('a 10 20', 'b 10 20'), '2 stored, 0 transitions', 'both are normal');
SELECT is(pg_temp.store('a 5 99', 'a 11 20'), '2 stored, 2 transitions', 'a late point over the limit: there was an alarm, until the next point');
SELECT is(pg_temp.history('a'), '1-2 5-10', 'which the history says');
SELECT is(pg_temp.store('a 6 99', 'a 12 20', 'b 11 60', 'c 5 20'), '4 stored, 1 transitions', 'one that changes nothing makes no transition, its neighbour does');
SELECT is(pg_temp.story('b'), 'raised@11', 'which the other sensor shows');
SELECT is(pg_temp.store('b 8 20', 'b 12 70'), '2 stored, 0 transitions', 'a late normal point clears nothing that was raised after it');
SELECT is(pg_temp.store('b 9 20', 'b 13 20'), '2 stored, 1 transitions', 'the newer one beside it does');
SELECT is(pg_temp.story('b'), 'raised@11 cleared@13', 'at its own time');
SELECT is(pg_temp.store('a 12 20', 'a 13 60'), '1 stored, 1 transitions', 'redelivered beside new: the new one counts');
SELECT is(pg_temp.store('a 14 20 2', 'a 13.5 20', 'a 15 20'), '3 stored, 1 transitions', 'bad and good in one batch: the bad one judges nothing');
SELECT is(pg_temp.history('a'), '1-2 5-10 13-13.5', 'the good late one clears, and where it belongs');
SELECT is(pg_temp.store('a 3 99', 'a 4 99'), '2 stored, 1 transitions', 'wholly late: that alarm began before');
SELECT is(pg_temp.history('a'), '1-2 3-10 13-13.5', 'its times are put right');
SELECT results_eq($$SELECT round(extract(epoch FROM b.raised_at - start.at), 1), round(extract(epoch FROM b.cleared_at - start.at), 1)
    FROM start, alarm.backtest((SELECT id FROM alarm.rule WHERE name = 'late'), start.at, start.at + INTERVAL '1 minute') AS b WHERE b.sensor = 'a'$$,
    $$VALUES (1.0, 2.0), (3.0, 10.0), (13.0, 13.5)$$, 'as the backtest says');
SELECT is((SELECT string_agg(s.name || ' ' || round(extract(epoch FROM l.time - start.at)), ' ' ORDER BY s.name)
           FROM start, telemetry.latest AS l JOIN plant.sensor AS s ON s.id = l.sensor_id WHERE s.equipment_id = 'L-1'),
          'a 15 b 13 c 5', 'the latest values moved forward only');

SELECT * FROM finish();
ROLLBACK;
