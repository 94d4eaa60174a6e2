CREATE OR REPLACE FUNCTION alarm.fill(body text, fields jsonb) RETURNS TABLE (text text)
    -- a parsed body without settings of its own, which the planner puts in place of the call
    LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 1
BEGIN ATOMIC
    -- In one pass, so that a value which looks like a field stays what it is.
    SELECT string_agg(
        CASE
            WHEN p.ordinality = 1 THEN p.part
            WHEN strpos(p.part, '}') > 0 AND split_part(p.part, '}', 1) ~ '^[a-z][a-z0-9_]*$'
                THEN coalesce($2 ->> split_part(p.part, '}', 1), '-') || substr(p.part, strpos(p.part, '}') + 1)
            ELSE '{' || p.part
        END, '' ORDER BY p.ordinality)
    FROM string_to_table($1, '{') WITH ORDINALITY AS p (part, ordinality);
END;
COMMENT ON FUNCTION alarm.fill(text, jsonb) IS
    'A text with its fields ({name}) filled in from a JSON object; one that has no value is a dash. One row; NULL for '
    'no text.';
REVOKE ALL ON FUNCTION alarm.fill(text, jsonb) FROM PUBLIC;
