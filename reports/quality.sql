-- Data quality: gaps, flat lines, quarantine, clocks, values that are none. Of the last seven days.
-- How to ask for a machine, a time, a format …: print.sql, docs/reports.md.
\set report quality
\ir print.sql
