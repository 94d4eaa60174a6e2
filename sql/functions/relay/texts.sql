CREATE OR REPLACE FUNCTION relay.texts(source text, keys text[], "at" timestamptz)
    RETURNS TABLE (key text, language text, text text)
    -- a parsed body without settings of its own, which the planner puts in place of the call
    LANGUAGE sql STABLE ROWS 4
BEGIN ATOMIC
    SELECT c.key, c.language, c.text
    FROM (
        SELECT p.key, p.language, p.text FROM relay.phrase AS p WHERE $1 = 'phrase' AND p.key = ANY ($2)
        UNION ALL
        SELECT m.condition, m.language, m.body
        FROM alarm.message_template AS m
        WHERE $1 = 'template' AND m.condition = ANY ($2)
    ) AS c (key, language, text)
    WHERE NOT EXISTS (SELECT FROM relay.former_text AS f
                      WHERE f.source = $1 AND f.key = c.key AND f.language = c.language AND f.until > $3)
    UNION ALL
    SELECT f.key, f.language, f.text
    FROM (
        SELECT DISTINCT ON (x.key, x.language) x.key, x.language, x.text
        FROM relay.former_text AS x
        WHERE x.source = $1 AND x.key = ANY ($2) AND x.until > $3
        ORDER BY x.key, x.language, x.until
    ) AS f
    WHERE f.text IS NOT NULL;
END;
COMMENT ON FUNCTION relay.texts(text, text[], timestamptz) IS
    'Phrases or message templates (source phrase or template) of these keys in every language that has them, as they '
    'were at a moment; NULL: as they are.';
REVOKE ALL ON FUNCTION relay.texts(text, text[], timestamptz) FROM PUBLIC;
