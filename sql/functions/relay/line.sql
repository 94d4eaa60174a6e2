CREATE OR REPLACE FUNCTION relay.line(data jsonb, language text) RETURNS text
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT coalesce(
               -- in the language, else as it was published, else in another, else what is known without a template
               data -> 'message' ->> line.language,
               CASE jsonb_typeof(data -> 'message') WHEN 'string' THEN data ->> 'message' END,
               (SELECT m.value
                FROM jsonb_each_text(CASE jsonb_typeof(data -> 'message') WHEN 'object' THEN data -> 'message' END) AS m
                LEFT JOIN relay.language AS l ON l.code = m.key
                ORDER BY l.rank, m.key LIMIT 1),
               concat_ws(' ', relay.phrase('kind.' || (data ->> 'kind'), line.language),
                         relay.phrase('event.' || (data ->> 'event'), line.language), data ->> 'device_id'))
           || CASE WHEN jsonb_typeof(data -> 'folded') = 'array' THEN relay.phrase('folded', line.language,
                  (SELECT string_agg(coalesce(relay.phrase('event.' || (f ->> 'event'), line.language), f ->> 'event'),
                                     ', ')
                   FROM jsonb_array_elements(data -> 'folded') AS f)) ELSE '' END
$$;
COMMENT ON FUNCTION relay.line(jsonb, text) IS
    'One notification (its data) in a language, with a remark about what was folded into it. data.message may be a '
    'string or one by language.';
REVOKE ALL ON FUNCTION relay.line(jsonb, text) FROM PUBLIC;
