CREATE OR REPLACE FUNCTION alarm.system_text(s alarm.system_state, language text) RETURNS text
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT coalesce(
        (SELECT f.text
         FROM alarm.message_template AS t
         JOIN relay.language AS l ON l.code = t.language
         CROSS JOIN LATERAL alarm.fill(t.body, s.detail || jsonb_build_object(
             'object', s.object, 'value', alarm.number_text(s.value), 'limit', alarm.number_text(s.limit_value),
             'rule', alarm.system_code(s.condition, s.object))) AS f
         WHERE t.condition IN (s.condition, 'system')
         ORDER BY t.language = system_text.language DESC, t.condition = s.condition DESC, l.rank, l.code
         LIMIT 1),
        alarm.system_code(s.condition, s.object))
$$;
COMMENT ON FUNCTION alarm.system_text(alarm.system_state, text) IS
    'What is wrong, as a sentence of a language: the text that its alarm is told with, with the values of now. The '
    'code where there is no text.';
REVOKE ALL ON FUNCTION alarm.system_text(alarm.system_state, text) FROM PUBLIC;
