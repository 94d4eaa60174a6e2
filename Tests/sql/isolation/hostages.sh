# What a login below administrator may hold, and whom it stops with it: nobody, or not for long.
# shellcheck shell=bash

sql "CREATE ROLE spec_engineer LOGIN PASSWORD 'spec'; GRANT engineer TO spec_engineer; CREATE ROLE spec_reader LOGIN PASSWORD 'spec'; GRANT grafana_reader TO spec_reader;
CREATE ROLE spec_line LOGIN PASSWORD 'spec'; GRANT thin TO spec_line;
CREATE ROLE spec_admin LOGIN PASSWORD 'spec'; GRANT admin, millwright TO spec_admin;
UPDATE ops.job SET next_start = now() + INTERVAL '1 hour' WHERE procedure <> 'alarm.tick_job'; UPDATE ops.job SET enabled = true WHERE procedure = 'alarm.tick_job';
UPDATE ops.setting SET value = '\"1 second\"' WHERE name = 'ops.blocking_patience';
INSERT INTO plant.equipment (id, name) VALUES ('hostage', 'h');
INSERT INTO plant.sensor (equipment_id, name, type) VALUES ('hostage', 's', 'current');" >/dev/null
# as ROLE NAME: opens the session NAME as ROLE
as() {
    local DATABASE_URL=postgresql://$1:spec@${OURS#*@}
    open "$2"
}
OURS=$DATABASE_URL
as spec_reader reader
as spec_engineer engineer
open one

# the keys under which jobs, the clock and refreshes were claimed in earlier releases
send reader "SELECT pg_advisory_lock(1785684595, 1000); SELECT pg_advisory_lock(hashtextextended('millwright:alarm.tick', 0));
SELECT pg_advisory_lock(1668246896, 1); SELECT pg_advisory_lock(hashtextextended('millwright:alarm.assign', 0));"
ended reader
is "a reader takes no advisory lock" "$(output reader | grep -c 'permission denied for function pg_advisory_lock')" 4
send reader "BEGIN; SELECT FROM ops.mutex FOR UPDATE; ROLLBACK; BEGIN; LOCK TABLE ops.mutex IN ACCESS SHARE MODE; ROLLBACK; BEGIN READ WRITE; LOCK TABLE ops.job IN ROW EXCLUSIVE MODE; ROLLBACK;
BEGIN READ WRITE; SELECT FROM ops.job FOR UPDATE; ROLLBACK; BEGIN READ WRITE; SELECT FROM alarm.rule FOR KEY SHARE; ROLLBACK; BEGIN; LOCK TABLE compat.threshold_lock_1 IN ACCESS SHARE MODE; ROLLBACK;"
ended reader
is "nor one of a row or a table" "$(output reader | grep -c 'permission denied for \(table\|schema\) \|schema "compat" does not exist')" 6
send engineer "SELECT pg_try_advisory_lock(1); BEGIN; LOCK TABLE ops.mutex IN ACCESS SHARE MODE; ROLLBACK; BEGIN; LOCK TABLE telemetry.reading IN ROW SHARE MODE; ROLLBACK; BEGIN; LOCK TABLE alarm.signal IN SHARE MODE; ROLLBACK;
BEGIN; LOCK TABLE ingest.quarantine IN SHARE MODE; ROLLBACK;"
ended engineer
is "an engineer no more" "$(output engineer | grep -c 'permission denied')" 5
sql "UPDATE ops.job SET next_start = now() WHERE procedure = 'alarm.tick_job'" >/dev/null
sql "CALL ops.run_due_jobs(0, 1000)" >/dev/null
is "the clock runs" "$(sql "SELECT last_success > now() - INTERVAL '10 s' FROM ops.job WHERE procedure = 'alarm.tick_job'")" t

# a run that could not do its work is a failure
step one "BEGIN; SELECT ops.lock('alarm.tick');"
sql "UPDATE ops.job SET next_start = now() WHERE procedure = 'alarm.tick_job'" >/dev/null
sql "CALL ops.run_due_jobs(0, 1000)" >/dev/null
is "a clock that another session runs is counted as failed" "$(sql "SELECT failures, left(last_error, 5) FROM ops.job WHERE procedure = 'alarm.tick_job'")" "1|55P03"
step one "ROLLBACK;"
sql "UPDATE ops.job SET next_start = now() WHERE procedure = 'alarm.tick_job'" >/dev/null
sql "CALL ops.run_due_jobs(0, 1000)" >/dev/null
is "and goes on afterwards" "$(sql "SELECT failures FROM ops.job WHERE procedure = 'alarm.tick_job'")" 0

# what a role may lock for what it may change, it does not keep
as spec_line line
watch_sessions() { sleep 1.5 && sql "SELECT role || ': ' || left(reason, 17) FROM ops.end_sessions()"; }
step engineer "BEGIN; LOCK TABLE alarm.rule;"
send line "SELECT count(*) FROM alarm.rule;"
is "who keeps thin waiting is not asked at once" "$(sql "SELECT count(*) FROM ops.end_sessions()")" 0
is "and then ended" "$(watch_sessions)" "spec_engineer: kept thin waiting"
holds "thin goes on" ended line
as spec_engineer second
step second "BEGIN; INSERT INTO alarm.rule (name, condition, high, select_equipment) VALUES ('hostage', 'above', 1, '{hostage}');"
step line "SET ROLE admin;"
send line "INSERT INTO alarm.rule (name, condition, high, select_equipment) VALUES ('other', 'above', 1, '{hostage}');"
is "also with a change that is not committed" "$(watch_sessions)" "spec_engineer: kept thin waiting"
holds "and its change is undone" ended line
as spec_engineer third
as spec_admin admin
step third "BEGIN; LOCK TABLE alarm.known_fault;"
step admin "BEGIN; LOCK TABLE alarm.vibration_zone;"
send admin "SELECT count(*) FROM alarm.known_fault;"
send line "RESET ROLE; SELECT count(*) FROM alarm.vibration_zone;"
is "also behind an administrator, who stays" "$(watch_sessions)" "spec_engineer: kept thin waiting"
step admin "COMMIT;"
holds "thin goes on again" ended line
sql "UPDATE ops.setting SET value = '\"1 second\"' WHERE name = 'ops.longest_report'" >/dev/null
step reader "SET idle_in_transaction_session_timeout = 0; SET transaction_timeout = 0; BEGIN; SELECT 1;"
is "a reader who lifts his bounds is ended all the same" "$(watch_sessions)" "spec_reader: a transaction lon"
sql "CREATE ROLE spec_nobody LOGIN PASSWORD 'spec'; ALTER TABLE ops.setting DISABLE TRIGGER USER; UPDATE ops.setting SET value = '\"1 second\"' WHERE name = 'ops.longest_transaction'; ALTER TABLE ops.setting ENABLE TRIGGER USER" >/dev/null
as spec_nobody nobody
step nobody "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1;"
is "so is a login without any role" "$(watch_sessions)" "spec_nobody: a transaction lon"
sql "DROP ROLE spec_nobody; UPDATE ops.setting SET value = '\"1 hour\"' WHERE name = 'ops.longest_transaction'" >/dev/null
sql "DELETE FROM alarm.rule WHERE name IN ('other', 'hostage'); DELETE FROM plant.equipment WHERE id = 'hostage'; UPDATE ops.setting SET value = '\"5 seconds\"' WHERE name = 'ops.blocking_patience';
UPDATE ops.setting SET value = '\"5 minutes\"' WHERE name = 'ops.longest_report'" >/dev/null
DATABASE_URL=$OURS
sql "DROP ROLE spec_engineer; DROP ROLE spec_admin; DROP ROLE spec_reader; DROP ROLE spec_line" >/dev/null
