# Points that arrive while alarm.judge_derived works: ingest waits for nobody, and neither misses what the other does.
# shellcheck shell=bash

sql "DELETE FROM alarm.rule;
INSERT INTO plant.equipment (id, name) VALUES ('lp', 'lp');
INSERT INTO plant.sensor (equipment_id, name, type) SELECT 'lp', n, 'current' FROM unnest('{a,b,free}'::text[]) AS n;
INSERT INTO alarm.rule (name, condition, high, select_equipment, select_sensor, chatter_count) VALUES ('lp silent', 'no_data', 30, '{lp}', '{a,b}', NULL);
CREATE TABLE public.zero AS SELECT clock_timestamp() - INTERVAL '5 minutes' AS at;
CREATE FUNCTION public.say(name text, measured float8, arrives float8) RETURNS integer LANGUAGE sql AS \$\$
    SELECT r.stored FROM public.zero, plant.sensor AS s, ingest.store(ARRAY[s.id], ARRAY[zero.at + make_interval(secs => measured)], ARRAY[1.0], '{0}', '{f}', zero.at + make_interval(secs => arrives)) AS r
    WHERE s.equipment_id = 'lp' AND s.name = say.name \$\$;
CREATE FUNCTION public.judge(second float8) RETURNS integer LANGUAGE sql AS \$\$
    SELECT alarm.judge_derived(zero.at + make_interval(secs => second) + ops.setting_interval('alarm.tick_grace')) FROM public.zero \$\$;
CREATE FUNCTION public.told() RETURNS text LANGUAGE sql AS \$\$ SELECT string_agg(o.event, ' ' ORDER BY o.seq) FROM relay.outbox AS o WHERE o.data ->> 'rule' = 'lp silent' \$\$;
SELECT judge(-100), say('a', 0, 0), say('b', 0, 0), judge(1)" >/dev/null
open one
open two

# the job works: it is past a point that it does not see
step one "BEGIN; SELECT judge(35);"
is "a batch does not wait for the job" "$(sql "SET statement_timeout = '5s'; SELECT say('a', 20, 36)")" 1
is "and notes what it stores, since the job may be past it" "$(sql "SELECT count(*) FROM alarm.late_sample")" 1
is "of sensors that no job judges nothing" "$(sql "SELECT say('free', 20, 36); SELECT count(*) FROM alarm.late_sample" | paste -sd ' ')" "1 1"
step one "COMMIT;"
is "the job had not seen it" "$(sql "SELECT told()")" "raised raised"
is "its next run takes it up" "$(sql "SELECT judge(37), told()")" "1|raised raised retracted"

# a batch is under way: it has asked how far the job has come, and has not committed
step one "BEGIN; SELECT say('a', 45, 45);"
send two "SELECT judge(70);"
holds "the job waits for the batch" waits two
is "another batch waits for neither" "$(sql "SET statement_timeout = '5s'; SELECT say('b', 46, 46)")" 1
step one "COMMIT;"
ended two
is "and sees what it brought" "$(sql "SELECT count(*) FROM alarm.alarm AS a JOIN plant.sensor AS s ON s.id = a.sensor_id WHERE s.name = 'a' AND s.equipment_id = 'lp' AND a.retracted_at IS NULL")" 0
is "nothing is left" "$(sql "SELECT judge(71); SELECT count(*) FROM alarm.late_sample" | tail -n 1)" 0

# a run that is killed takes up nothing
sql "SELECT say('a', 44, 72)" >/dev/null
step one "BEGIN; SELECT judge(73);"
is "what a run took up" "$(sql "SELECT count(*) FROM alarm.late_sample")" 1
sql "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query = 'SELECT judge(73);' AND state = 'idle in transaction'" >/dev/null
sleep 0.5
holds "is there again when it is killed" [ "$(sql "SELECT judge(74) IS NOT NULL; SELECT count(*) FROM alarm.late_sample" | paste -sd ' ')" = "t 0" ]
