-- Bad actors: which rules and sensors raise most alarms, and the load by day. Of the last 31 days.
-- How to ask for a machine, a time, a format …: print.sql, docs/reports.md.
\set report bad_actors
\ir print.sql
