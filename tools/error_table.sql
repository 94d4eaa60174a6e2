-- The table of docs/errors.md. Run by tools/sql_api_doc; read by Tests/sql/docs.sql.
SELECT E'| SQLSTATE | HTTP | code | title | meaning |\n|---|---|---|---|---|\n'
    || string_agg(format('| `%s` | %s | %s | %s | %s |', s.pattern, s.status,
        CASE WHEN s.pattern LIKE '%\%' AND s.is_message_public THEN 'the SQLSTATE' ELSE s.code END, s.title, s.meaning), E'\n'
        ORDER BY s.pattern = '%', s.pattern !~ '^MW', s.pattern COLLATE "C") AS error_table
FROM api.sqlstate_http AS s
