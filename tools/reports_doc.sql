-- For tools/reports_doc: the reports of the tests' plant as text, into :folder; nothing stays in the database.
BEGIN;
SET client_min_messages = warning;
\i :ROOT/Tests/sql/report_plant
\set format text
\i :ROOT/Tests/sql/report_all
ROLLBACK;
