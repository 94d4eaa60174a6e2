# Reports that are due, with several workers of which one dies at any moment: each due time is in the outbox once.
# shellcheck shell=bash

sql "UPDATE ops.job SET enabled = false;
INSERT INTO relay.channel (name, kind, target) VALUES ('report crew', 'email', 'mailto:crew@plant.example');
CREATE FUNCTION report.slow(\"from\" timestamptz, \"to\" timestamptz, machine text, zone text) RETURNS TABLE (pause text)
    LANGUAGE sql STABLE AS 'SELECT pg_sleep(0.15)::text';
INSERT INTO report.definition (name, place, span, length) VALUES ('slow', 999, 'past', '1 day');
INSERT INTO report.section (report, place, function) VALUES ('slow', 1, 'report.slow');
INSERT INTO report.schedule (name, report, channel_id, format, times, done_to)
SELECT 'slow', 'slow', c.id, 'text', '{07:00}', '2026-01-01 00:00+00' FROM relay.channel AS c WHERE c.name = 'report crew'" >/dev/null

# round DAY PAUSE: two workers at that day's due time, the first is ended after a pause; then somebody comes round again
round() {
    local name="victim$1" at="2026-01-$1 07:00:30+00" pid
    open "$name"
    open "other$1"
    step "$name" "SELECT 'pid ' || pg_backend_pid();"
    pid=$(output "$name" | sed -n 's/^pid //p')
    send "$name" "SELECT report.send_due('$at');"
    send "other$1" "SELECT report.send_due('$at');"
    sleep "$2"
    sql "SELECT pg_terminate_backend($pid, 5000)" >/dev/null
    ended "other$1"
    sql "SELECT report.send_due('$at')" >/dev/null
    sql "SELECT report.send_due('$at')" >/dev/null
}
day=10
# before it began, in the first and in the second of the two renderings, about its commit, and after it
for pause in 0 0.02 0.05 0.1 0.14 0.16 0.2 0.25 0.3 0.35; do
    round "$day" "$pause"
    day=$((day + 1))
done
is "each due time is decided once, the first with what was missed before" \
    "$(sql "SELECT count(*) FILTER (WHERE status = 'queued'), count(DISTINCT due_at), count(*) FILTER (WHERE status = 'missed') FROM report.run")" "10|19|9"
is "and is in the outbox once" \
    "$(sql "SELECT count(*), count(DISTINCT d.data #>> '{report,due_at}') FROM relay.delivery AS d WHERE d.data ->> 'kind' = 'report'")" "10|10"
is "each run knows its delivery" "$(sql "SELECT count(*) FROM report.run AS r JOIN relay.delivery AS d ON d.id = r.delivery_id")" 10

# while one makes a report, another does not wait for it, and makes the others
sql "INSERT INTO report.schedule (name, report, channel_id, times, done_to)
SELECT 'quick', 'rul', c.id, '{07:00}', '2026-01-24 00:00+00' FROM relay.channel AS c WHERE c.name = 'report crew'" >/dev/null
open holder
step holder "BEGIN; SELECT name FROM report.schedule WHERE name = 'slow' FOR UPDATE;"
is "what somebody holds is passed over" "$(sql "SELECT report.send_due('2026-01-25 08:00+00')")" 1
step holder "ROLLBACK;"
is "and made when he is gone" "$(sql "SELECT report.send_due('2026-01-25 08:00+00')")" 1
