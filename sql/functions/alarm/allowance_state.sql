CREATE OR REPLACE FUNCTION alarm.allowance_state() RETURNS text
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT md5(concat_ws('|', current_setting('server_version_num'), array_to_string(alarm.tree_nodes(), ','),
        (SELECT string_agg(r::text, ',' ORDER BY r.kind, r.name, r.arguments) FROM alarm.allowed_routine AS r),
        (SELECT string_agg(a::text, ',' ORDER BY a.type) FROM alarm.allowed_type AS a)))
$$;
COMMENT ON FUNCTION alarm.allowance_state() IS
    'A fingerprint of what rules written in SQL may use. A rule that was approved under another one is judged again '
    'before it runs (alarm.expression_run.approved_under).';
REVOKE ALL ON FUNCTION alarm.allowance_state() FROM PUBLIC;
