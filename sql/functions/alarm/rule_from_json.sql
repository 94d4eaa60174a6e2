CREATE OR REPLACE FUNCTION alarm.rule_from_json(base alarm.rule, changes jsonb) RETURNS alarm.rule
    LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_changes jsonb := jsonb '{}';
    v_member record;
BEGIN
    IF jsonb_typeof(changes) IS DISTINCT FROM 'object' THEN
        PERFORM alarm.refuse('MW422', 'rule', 'a rule is a JSON object');
    END IF;
    FOR v_member IN
        SELECT m.key, m.value, a.atttypid::regtype AS type, a.attnotnull
        FROM jsonb_each(changes) AS m
        LEFT JOIN pg_attribute AS a ON a.attrelid = 'alarm.rule'::regclass AND a.attname = m.key AND a.attnum > 0
            AND NOT a.attisdropped
            AND a.attname NOT IN ('id', 'version', 'created_at', 'updated_at', 'updated_by')
    LOOP
        IF v_member.type IS NULL THEN
            PERFORM alarm.refuse('MW422', v_member.key, format('a rule has no member "%s"', v_member.key),
                'The members are the columns of alarm.rule.');
        ELSIF v_member.attnotnull AND v_member.value = 'null' THEN
            PERFORM alarm.refuse('MW422', v_member.key, format('%s must not be null', v_member.key));
        ELSIF v_member.type::oid = 'interval'::regtype AND jsonb_typeof(v_member.value) = 'number' THEN
            v_member.value := to_jsonb(v_member.value #>> '{}' || ' seconds');
        ELSIF v_member.type::oid = 'text[]'::regtype AND jsonb_typeof(v_member.value) = 'string' THEN
            v_member.value := jsonb_build_array(v_member.value);
        END IF;
        BEGIN
            PERFORM jsonb_populate_record(NULL::alarm.rule, jsonb_build_object(v_member.key, v_member.value));
        EXCEPTION WHEN data_exception THEN
            PERFORM alarm.refuse('MW422', v_member.key, format('%s is not a valid %s', v_member.key, v_member.type),
                CASE WHEN v_member.type::oid = 'interval'::regtype
                     THEN 'Give seconds as a number, or text such as "10 seconds".' END);
        END;
        v_changes := v_changes || jsonb_build_object(v_member.key, v_member.value);
    END LOOP;
    RETURN jsonb_populate_record(base, v_changes);
END
$$;
COMMENT ON FUNCTION alarm.rule_from_json(alarm.rule, jsonb) IS
    'A rule with the members of a JSON object laid over it; delays may be numbers of seconds. MW422 names the member '
    'that is unknown or of the wrong type.';
REVOKE ALL ON FUNCTION alarm.rule_from_json(alarm.rule, jsonb) FROM PUBLIC;
