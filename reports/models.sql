-- Model scoreboard: what models said, whether they drift, what they found of known faults. Of the last 30 days.
-- How to ask for a machine, a time, a format …: print.sql, docs/reports.md.
\set report models
\ir print.sql
