CREATE OR REPLACE FUNCTION api.compare_shadow(
    equipment_id text, power text, start timestamptz DEFAULT NULL, "end" timestamptz DEFAULT NULL, champion text DEFAULT NULL, challenger text DEFAULT NULL
) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT to_jsonb(c) - '{champion_version,challenger_version}'::text[] || jsonb_build_object('champion', c.champion_version, 'challenger', c.challenger_version,
        'start', api.iso(t.start), 'end', api.iso(t.until), 'first_input', api.iso(c.first_input), 'last_input', api.iso(c.last_input))
    FROM (
        SELECT coalesce(compare_shadow.end, now()) AS until, coalesce(compare_shadow.start, coalesce(compare_shadow.end, now()) - INTERVAL '7 days') AS start
    ) AS t
    CROSS JOIN LATERAL ml.compare_shadow(compare_shadow.equipment_id, compare_shadow.power, t.start, t.until, compare_shadow.champion, compare_shadow.challenger) AS c
$$;
COMMENT ON FUNCTION api.compare_shadow(text, text, timestamptz, timestamptz, text, text) IS
    'Champion and challenger on the same inputs (default: of the last 7 days): who found an anomaly, agreement, scores, severities, latency, and how many alarms each would have raised by today''s rules. Versions of the past can be named.';
REVOKE ALL ON FUNCTION api.compare_shadow(text, text, timestamptz, timestamptz, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.compare_shadow(text, text, timestamptz, timestamptz, text, text) TO viewer;
