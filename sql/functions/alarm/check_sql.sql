CREATE OR REPLACE FUNCTION alarm.check_sql(sql text) RETURNS void
    LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
-- The role that it runs as, the read-only transaction and the timeout keep data safe whatever stands here. This keeps it one
-- expression, and keeps out what those three let pass: what PUBLIC may call that outlives the statement (session locks,
-- settings, notifications, stopping TimescaleDB's workers) or runs SQL out of a string. All of that is declared VOLATILE.
DECLARE
    -- each string as '', so that nothing in one is taken for code
    v_code text := regexp_replace(sql, '''(?:[^'']|'''')*''|("(?:[^"]|"")*")', '''''\1', 'g');
    v_bare text := regexp_replace(v_code, '"(?:[^"]|"")*"', 'name', 'g');
    v_word text;
BEGIN
    IF length(sql) > 4000 THEN
        PERFORM alarm.refuse('MW422', 'parameters', 'parameters.sql is longer than 4000 characters');
    END IF;
    IF v_bare ~ ';|--|/\*|\*/|\$|"' OR replace(v_bare, '''''', '') ~ '''' OR v_bare ~ '(\m[eE]|&)''''' OR btrim(v_bare) = '' THEN
        PERFORM alarm.refuse('MW422', 'parameters', 'parameters.sql is not one plain SQL expression',
            'No semicolon, no comment, no $, no open quote, no E'''' or U&'''' string.');
    END IF;
    PERFORM FROM (
        SELECT sum(CASE p.part[1] WHEN '(' THEN 1 ELSE -1 END) OVER (ORDER BY p.place) AS depth, p.place, count(*) OVER () AS parts
        FROM regexp_matches(v_bare, '[()]', 'g') WITH ORDINALITY AS p (part, place)
    ) AS d
    WHERE d.depth < 0 OR (d.place = d.parts AND d.depth <> 0);
    IF FOUND THEN
        PERFORM alarm.refuse('MW422', 'parameters', 'the parentheses of parameters.sql do not match');
    END IF;
    SELECT f.name INTO v_word
    FROM (
        SELECT coalesce(replace(m.part[1], '""', '"'), lower(m.part[2])) AS name
        FROM regexp_matches(v_code, '(?:"((?:[^"]|"")*)"|([[:alpha:]_][[:alnum:]_]*))\s*\(', 'g') AS m (part)
    ) AS f
    JOIN pg_proc AS p ON p.proname = f.name AND p.provolatile = 'v'
    LIMIT 1;
    IF FOUND THEN
        PERFORM alarm.refuse('MW422', 'parameters', format('parameters.sql must not call %s()', v_word),
            'Functions that PostgreSQL calls VOLATILE may change something. For the time use "at".');
    END IF;
END
$$;
COMMENT ON FUNCTION alarm.check_sql(text) IS
    'Refuses (MW422) what is not one SQL expression, and calls of volatile functions. Whether it parses, and whether its role may read what it names, is asked of the server: alarm.plan_expression.';
REVOKE ALL ON FUNCTION alarm.check_sql(text) FROM PUBLIC;
