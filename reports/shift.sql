-- Shift report: machines, what is handed over, alarms, what people did, maintenance. Of the shift that ended last.
-- How to ask for a machine, a time, a format …: print.sql, docs/reports.md.
\set report shift
\ir print.sql
