CREATE OR REPLACE FUNCTION alarm.selection_notes(r alarm.rule) RETURNS text[]
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    c_at_most CONSTANT integer := 20;
    v_notes text[];
BEGIN
    -- names that nothing has
    SELECT array_agg(x.note ORDER BY x.place, x.word) INTO v_notes
    FROM (
        SELECT w.place, w.word, format('unmatched: %s: there is no %s "%s"', w.member, w.thing, w.word) AS note
        FROM (
            SELECT 1 AS place, 'select_equipment' AS member, 'equipment' AS thing, w.word, w.word ~ '[*?]' AS is_pattern
            FROM unnest(r.select_equipment) AS w (word)
            UNION ALL SELECT 2, 'select_equipment_type', 'equipment type', w.word, false
                FROM unnest(r.select_equipment_type) AS w (word)
            UNION ALL SELECT 3, 'select_location', 'location', w.word, w.word ~ '[*?]'
                FROM unnest(r.select_location) AS w (word)
            UNION ALL SELECT 4, 'select_tags', 'tag', w.word, false FROM unnest(r.select_tags) AS w (word)
            UNION ALL SELECT 5, 'select_sensor', 'sensor', w.word, w.word ~ '[*?]'
                FROM unnest(r.select_sensor) AS w (word)
            UNION ALL SELECT 6, 'select_sensor_type', 'sensor type', w.word, false
                FROM unnest(r.select_sensor_type) AS w (word)
        ) AS w
        LEFT JOIN (
            SELECT 1 AS place, e.id AS name FROM plant.equipment AS e
            UNION SELECT 2, e.type FROM plant.equipment AS e
            UNION SELECT 3, e.location FROM plant.equipment AS e UNION SELECT 3, s.location FROM plant.sensor AS s
            UNION SELECT 4, unnest(e.tags) FROM plant.equipment AS e UNION SELECT 4, unnest(s.tags)
                FROM plant.sensor AS s
            UNION SELECT 5, s.name FROM plant.sensor AS s
            UNION SELECT 6, s.type FROM plant.sensor AS s
        ) AS k ON k.place = w.place AND k.name = w.word
        WHERE k.name IS NULL
          AND CASE WHEN NOT w.is_pattern THEN true
                   WHEN w.place = 1 THEN NOT EXISTS (SELECT FROM plant.equipment AS e
                                                     WHERE e.id LIKE ANY (alarm.like_patterns(ARRAY[w.word])))
                   WHEN w.place = 3 THEN NOT EXISTS (SELECT FROM plant.equipment AS e
                                                     WHERE e.location LIKE ANY (alarm.like_patterns(ARRAY[w.word])))
                       AND NOT EXISTS (SELECT FROM plant.sensor AS s
                                       WHERE s.location LIKE ANY (alarm.like_patterns(ARRAY[w.word])))
                   ELSE NOT EXISTS (SELECT FROM plant.sensor AS s
                                    WHERE s.name LIKE ANY (alarm.like_patterns(ARRAY[w.word]))) END
        ORDER BY w.place, w.word
        LIMIT c_at_most
    ) AS x;
    IF num_nonnulls(r.select_equipment, r.select_equipment_type, r.select_location, r.select_tags, r.select_sensor,
                    r.select_sensor_type) > 0
       AND NOT EXISTS (SELECT FROM alarm.match(ARRAY[r])) THEN
        RETURN array_prepend(CASE
            WHEN v_notes IS NULL THEN 'unmatched: the rule selects nothing now: what it names is there, but nothing '
                                      'that is in use has all of it together'
            ELSE 'unmatched: the rule selects nothing now' END, v_notes);
    ELSIF (SELECT c.may_be_unjudged FROM alarm.condition AS c WHERE c.name = r.condition)
          AND EXISTS (SELECT FROM alarm.match(ARRAY[r]))
        AND NOT EXISTS (
            SELECT FROM alarm.match(ARRAY[r]) AS m
            CROSS JOIN LATERAL alarm.compile(r, m.equipment_id, m.sensor_id) AS g WHERE g.condition IS NOT NULL) THEN
        v_notes := v_notes
            || 'unjudged: the rule can judge none of what it selects now: alarm.rule_assignment says why'::text;
    END IF;
    RETURN coalesce(v_notes, '{}');
END
$$;
COMMENT ON FUNCTION alarm.selection_notes(alarm.rule) IS
    'What a rule''s selection does not find in the plant as it is now, as sentences that begin with a code: unmatched '
    '(a name that nothing has, at most 20 of them, or all together select nothing), unjudged (it can judge none of '
    'what it selects). {}: nothing to say. No error, because what it waits for may come.';
REVOKE ALL ON FUNCTION alarm.selection_notes(alarm.rule) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION alarm.selection_notes(alarm.rule) TO viewer;
