-- Maintenance and calibration that fall due. Of the next 30 days.
-- How to ask for a machine, a time, a format …: print.sql, docs/reports.md.
\set report maintenance
\ir print.sql
