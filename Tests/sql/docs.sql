-- docs/sql-api.md and the table in docs/errors.md are what the database says. Mend them with tools/sql_api_doc.
BEGIN;
SELECT plan(2);
\set written_sql_api `cat :'ROOT'/docs/sql-api.md`
\set written_errors `cat :'ROOT'/docs/errors.md`
\set sql_api_query `cat :'ROOT'/tools/sql_api_doc.sql`
\set error_table_query `cat :'ROOT'/tools/error_table.sql`
:sql_api_query \gset
:error_table_query \gset
SELECT is(md5(rtrim(:'written_sql_api', E'\n')), md5(rtrim(:'sql_api', E'\n')), 'docs/sql-api.md is fresh');
SELECT ok(position(:'error_table' IN :'written_errors') > 0, 'the table in docs/errors.md is fresh');
SELECT * FROM finish();
ROLLBACK;
