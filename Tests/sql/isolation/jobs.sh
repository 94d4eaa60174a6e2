# Jobs with several workers: each due job runs once, a failure stays where it is, a worker that dies leaves no job stuck.
# shellcheck shell=bash

sql "UPDATE ops.job SET enabled = false;
CREATE TABLE public.trace (what text, pid int DEFAULT pg_backend_pid(), at timestamptz DEFAULT clock_timestamp());
GRANT ALL ON public.trace TO millwright;
CREATE FUNCTION public.trace_slow() RETURNS void LANGUAGE sql AS \$\$ INSERT INTO public.trace (what) VALUES ('slow'); SELECT pg_sleep(0.2) \$\$;
CREATE FUNCTION public.trace_dies() RETURNS void LANGUAGE sql SECURITY DEFINER AS \$\$ SELECT pg_terminate_backend(pg_backend_pid()) FROM pg_sleep(0.05) \$\$;
CREATE FUNCTION public.trace_long() RETURNS void LANGUAGE sql AS \$\$ SELECT pg_sleep(20) \$\$;
INSERT INTO ops.job (name, procedure, schedule) SELECT 'slow ' || i, 'public.trace_slow', '1 hour' FROM generate_series(1, 6) AS i" >/dev/null

open one
open two
open three
for worker in one two three; do send "$worker" "CALL ops.run_due_jobs();"; done
for worker in one two three; do ended "$worker"; done
is "six jobs ran" "$(sql "SELECT count(*) FROM trace")" 6
is "each by one of three workers" "$(sql "SELECT count(*), count(*) FILTER (WHERE total_runs = 1 AND failures = 0 AND running_since IS NULL) FROM ops.job WHERE name LIKE 'slow%'")" "6|6"
holds "more than one worker took part" [ "$(sql "SELECT count(DISTINCT pid) FROM trace")" -gt 1 ]
is "each run is in the history" "$(sql "SELECT count(*) FROM ops.job_run AS r JOIN ops.job USING (job_id) WHERE name LIKE 'slow%' AND succeeded")" 6

# the worker's session ends in the middle of a job
sql "INSERT INTO ops.job (name, procedure, schedule, max_runtime) VALUES ('dies', 'public.trace_dies', '1 hour', '1 second')" >/dev/null
sql "CALL ops.run_due_jobs()" >/dev/null
is "the job counts as running" "$(sql "SELECT running_since IS NOT NULL, failures FROM ops.job WHERE name = 'dies'")" "t|0"
is "nobody takes it at once" "$(sql "CALL ops.run_due_jobs()")" 0
sleep 2.1
sql "CALL ops.run_due_jobs()" >/dev/null
is "soon it is booked as failed and comes round again" \
    "$(sql "SELECT running_since IS NULL, failures, last_error LIKE '57P01%', next_start > now() FROM ops.job WHERE name = 'dies'")" "t|1|t|t"
sql "DELETE FROM ops.job WHERE name = 'dies'" >/dev/null

# a run that takes too long is ended
sql "INSERT INTO ops.job (name, procedure, schedule, max_runtime) VALUES ('long', 'public.trace_long', '1 hour', '300 milliseconds')" >/dev/null
before=$SECONDS
sql "CALL ops.run_due_jobs()" >/dev/null
holds "max_runtime ends a run" [ "$((SECONDS - before))" -lt 5 ]
sql "DELETE FROM ops.job WHERE name = 'long'" >/dev/null

# a long run of one worker does not keep the others from the rest
sql "UPDATE ops.job SET next_start = now() WHERE name LIKE 'slow%'" >/dev/null
send one "BEGIN; SELECT job_id FROM ops.job WHERE name = 'slow 1' FOR UPDATE;"
ended one
is "a job that is locked by somebody is passed over" "$(sql "CALL ops.run_due_jobs()")" 5
step one "ROLLBACK;"
is "and runs later" "$(sql "CALL ops.run_due_jobs()")" 1
