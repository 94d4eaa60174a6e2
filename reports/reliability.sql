-- MTBF and MTTR by machine, and work orders. Of the last 365 days.
-- How to ask for a machine, a time, a format …: print.sql, docs/reports.md.
\set report reliability
\ir print.sql
