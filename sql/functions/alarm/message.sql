CREATE OR REPLACE FUNCTION alarm.message(a alarm.alarm, languages text[] DEFAULT NULL) RETURNS jsonb
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN coalesce(a.kept_message, (SELECT m.message FROM alarm.messages(ARRAY[a], message.languages) AS m));
END
$$;
COMMENT ON FUNCTION alarm.message(alarm.alarm, text[]) IS
    'What an alarm said when it was raised, by language: {"ko": "…", "en": "…"}; NULL: every row of relay.language. '
    'SELECT alarm.message(a) ->> ''en'' FROM alarm.alarm AS a.';
REVOKE ALL ON FUNCTION alarm.message(alarm.alarm, text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION alarm.message(alarm.alarm, text[]) TO viewer;
