CREATE OR REPLACE FUNCTION alarm.messages(alarms alarm.alarm[], languages text[] DEFAULT NULL)
    RETURNS TABLE (ordinal bigint, message jsonb)
    LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 50
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    -- as if each were told again that it was raised
    v_told relay.notification[] := ARRAY(
        SELECT jsonb_populate_record(NULL::relay.notification,
                                     jsonb_build_object('event', 'raised', 'created_at', a.created_at,
            'transition_id', (SELECT t.id FROM alarm.transition AS t WHERE t.alarm_id = a.id AND t.kind = 'raised'
                              ORDER BY t.id LIMIT 1)))
        FROM unnest(messages.alarms) WITH ORDINALITY AS a
        ORDER BY a.ordinality);
BEGIN
    RETURN QUERY
    SELECT a.ordinality, coalesce(a.kept_message, c.data -> 'message', '{}')
    FROM unnest(messages.alarms) WITH ORDINALITY AS a
    LEFT JOIN relay.contents(v_told, messages.languages) AS c ON c.ordinal = a.ordinality;
END
$$;
COMMENT ON FUNCTION alarm.messages(alarm.alarm[], text[]) IS
    'What alarms said when they were raised, by language (NULL: every row of relay.language), by their place in the '
    'array. Of many at once; alarm.message is the same for one.';
REVOKE ALL ON FUNCTION alarm.messages(alarm.alarm[], text[]) FROM PUBLIC;
