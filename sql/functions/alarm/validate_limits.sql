CREATE OR REPLACE FUNCTION alarm.validate_limits(r alarm.rule, condition alarm.condition) RETURNS void
    LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_given text[];
    v_bad text;
    v_more text[] := ARRAY(SELECT l FROM unnest(condition.limits) AS l WHERE l <> ALL (condition.limits_needed));
BEGIN
    SELECT array_agg(l.name) FILTER (WHERE l.value IS NOT NULL) INTO v_given
    FROM (VALUES ('low_low', r.low_low), ('low', r.low), ('high', r.high), ('high_high', r.high_high)) AS l (name,
         value);
    v_given := coalesce(v_given, '{}');
    -- what is missing, before what is too much
    SELECT l.name INTO v_bad
    FROM (
        SELECT n.name, 1 AS place FROM unnest(condition.limits_needed) AS n (name) WHERE n.name <> ALL (v_given)
        UNION ALL
        SELECT g.name, 2 FROM unnest(v_given) AS g (name) WHERE g.name <> ALL (condition.limits)
        UNION ALL
        SELECT 'high', 3 WHERE condition.limits && '{low,high}' AND NOT v_given && '{low,high}'
    ) AS l
    ORDER BY l.place
    LIMIT 1;
    IF FOUND THEN
        PERFORM alarm.refuse('MW422', v_bad, format('condition %s takes %s', condition.name, CASE
            WHEN condition.limits = '{}' THEN 'no limits'
            WHEN condition.limits_needed = '{}' THEN 'low, high or both'
            ELSE array_to_string(condition.limits_needed, ' and ')
                || coalesce(' (and ' || nullif(array_to_string(v_more, ', '), '') || ')', ' only') END),
                condition.limits_hint);
    END IF;
END
$$;
COMMENT ON FUNCTION alarm.validate_limits(alarm.rule, alarm.condition) IS
    'Refuses limits that the rule''s condition does not have, or lacks (MW422, the column at fault).';
REVOKE ALL ON FUNCTION alarm.validate_limits(alarm.rule, alarm.condition) FROM PUBLIC;
