CREATE OR REPLACE FUNCTION alarm.check_expected(expected jsonb) RETURNS void
    LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    c_kinds CONSTANT text[] := ARRAY(SELECT k.kind FROM alarm.transition_kind AS k WHERE k.judged ORDER BY k.place);
    c_levels CONSTANT text[] := '{low_low,low,high,high_high,inside}';
    v_bad record;
BEGIN
    IF jsonb_typeof(expected) IS DISTINCT FROM 'array' THEN
        PERFORM alarm.refuse('MW422', 'expected',
                             'expected must be an array of [kind, seconds] or [kind, seconds, limit]');
    END IF;
    SELECT e.place - 1 AS place, left(e.entry::text, 100) AS text, b.problem INTO v_bad
    FROM jsonb_array_elements(expected) WITH ORDINALITY AS e (entry, place)
    CROSS JOIN LATERAL (SELECT
        CASE WHEN jsonb_typeof(e.entry) <> 'array'
             OR jsonb_array_length(e.entry) NOT IN (2, 3) THEN 'must be [kind, seconds] or [kind, seconds, limit]'
             WHEN (e.entry ->> 0 = ANY (c_kinds)) IS NOT TRUE THEN 'does not begin with one of '
                  || array_to_string(c_kinds, ', ')
             WHEN jsonb_typeof(e.entry -> 1) <> 'number' THEN 'has no number of seconds'
             WHEN jsonb_array_length(e.entry) = 3 AND (e.entry ->> 2 = ANY (c_levels)) IS NOT TRUE
                 THEN 'does not end with one of ' || array_to_string(c_levels, ', ') END AS problem) AS b
    WHERE b.problem IS NOT NULL
    ORDER BY e.place
    LIMIT 1;
    IF FOUND THEN
        PERFORM alarm.refuse('MW422', 'expected', format('expected[%s] %s: %s', v_bad.place, v_bad.problem, v_bad.text),
                             'For example [["raised", 10], ["cleared", 25]].');
    END IF;
END
$$;
COMMENT ON FUNCTION alarm.check_expected(jsonb) IS
    'Refuses expected transitions of a rule test that could never come: MW422 names the first (expected[0] …).';
REVOKE ALL ON FUNCTION alarm.check_expected(jsonb) FROM PUBLIC;
