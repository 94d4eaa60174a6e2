CREATE OR REPLACE FUNCTION alarm.comment(alarm_id bigint, comment text, actor text DEFAULT NULL) RETURNS alarm.alarm
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    a alarm.alarm;
BEGIN
    IF coalesce(btrim(comment), '') = '' THEN
        PERFORM alarm.refuse('MW422', 'comment', 'a comment must not be empty');
    END IF;
    a := alarm.hold_row(alarm_id);
    PERFORM alarm.record(a, 'commented', actor, comment);
    RETURN a;
END
$$;
COMMENT ON FUNCTION alarm.comment(bigint, text, text) IS
    'Adds a remark to an alarm, also to one that has cleared. MW404 unknown alarm, MW422 empty comment.';
REVOKE ALL ON FUNCTION alarm.comment(bigint, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION alarm.comment(bigint, text, text) TO operator;
