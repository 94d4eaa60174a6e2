CREATE OR REPLACE FUNCTION alarm.check_sql(sql text) RETURNS void
    LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
-- Only so that the text can stand between two parentheses of a statement. What it says is judged by its tree.
DECLARE
    -- each string as '', so that nothing in one is taken for code
    v_code text := regexp_replace(sql, '''(?:[^'']|'''')*''|("(?:[^"]|"")*")', '''''\1', 'g');
    c_between CONSTANT integer := 8;
    c_zones CONSTANT integer := 8;
    v_bare text := regexp_replace(v_code, '"(?:[^"]|"")*"', 'name', 'g');
BEGIN
    IF length(sql) > 4000 THEN
        PERFORM alarm.refuse('MW422', 'parameters', 'parameters.sql is longer than 4000 characters');
    END IF;
    IF v_bare ~ ';|--|/\*|\*/|\$|"' OR replace(v_bare, '''''', '') ~ '''' OR v_bare ~ '(\m[eE]|&)'''''
       OR btrim(v_bare) = '' THEN
        PERFORM alarm.refuse('MW422', 'parameters', 'parameters.sql is not one plain SQL expression',
            'No semicolon, no comment, no $, no open quote, no E'''' or U&'''' string.');
    END IF;
    PERFORM FROM (
        SELECT sum(CASE p.part[1] WHEN '(' THEN 1 ELSE -1 END) OVER (ORDER BY p.place) AS depth, p.place,
               count(*) OVER () AS parts
        FROM regexp_matches(v_bare, '[()]', 'g') WITH ORDINALITY AS p (part, place)
    ) AS d
    WHERE d.depth < 0 OR (d.place = d.parts AND d.depth <> 0);
    IF FOUND THEN
        PERFORM alarm.refuse('MW422', 'parameters', 'the parentheses of parameters.sql do not match');
    END IF;
    -- What the parser itself makes much of a little: x BETWEEN … and x IN (y, z) copy x, and nested they copy the
    -- copies; xml has entities.
    IF (SELECT count(*) FROM regexp_matches(v_bare, '\mbetween\M', 'gi')) > c_between OR v_bare ~* '\msymmetric\M' THEN
        PERFORM alarm.refuse('MW422', 'parameters',
                             format('parameters.sql must not use BETWEEN more than %s times, nor SYMMETRIC', c_between),
            'Write x >= y AND x <= z.');
    ELSIF v_bare ~* '\min\s*\((?!\s*(select|with|values)\M)(?![-+.,\s[:digit:]'']*\))' THEN
        PERFORM alarm.refuse('MW422', 'parameters', 'IN takes numbers, texts or a subquery',
                             'Write x = ANY (ARRAY[y, z]).');
    ELSIF v_bare ~* '\mxml' THEN
        PERFORM alarm.refuse('MW422', 'parameters', 'parameters.sql must not hold xml');
    END IF;
    -- A constant becomes a time when it is parsed, and a zone that it names ("… A-1") stays in the session's memory:
    -- what may be one.
    IF (SELECT count(*)
        FROM regexp_matches(sql, '''((?:[^'']|'''')*)''|"(?:[^"]|"")*"', 'g') AS s (part)
        CROSS JOIN LATERAL regexp_matches(s.part[1], '[[:alpha:]][-+:.]*[0-9]', 'g')
        WHERE s.part[1] ~ '^[^[:alpha:]]*[0-9]|\s') > c_zones THEN
        PERFORM alarm.refuse('MW422', 'parameters',
                             format('parameters.sql holds more than %s constants that may be times with a zone',
                                    c_zones),
            'Write 2026-01-31 12:00+00.');
    END IF;
END
$$;
COMMENT ON FUNCTION alarm.check_sql(text) IS
    'Refuses (MW422) what is not one SQL expression. What it may say is judged by its parsed tree: alarm.check_tree.';
REVOKE ALL ON FUNCTION alarm.check_sql(text) FROM PUBLIC;
