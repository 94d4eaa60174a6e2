-- Remaining useful life: machines by when they are due, as their regressors last said.
-- How to ask for a machine, a time, a format …: print.sql, docs/reports.md.
\set report rul
\ir print.sql
