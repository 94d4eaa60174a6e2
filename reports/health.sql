-- Machine health: availability, running hours, alarms and their top reasons, gaps. Of the last seven days of the plant.
-- How to ask for a machine, a time, a format …: print.sql, docs/reports.md.
\set report health
\ir print.sql
