CREATE OR REPLACE FUNCTION alarm.fill(
    body text, equipment text, sensor text, value text, unit text, "limit" text, level text, severity text, rule text,
    "time" text, peak text, data jsonb
) RETURNS text
    -- STABLE as to_char is: were it called IMMUTABLE, the planner would not inline it
    LANGUAGE sql STABLE PARALLEL SAFE
RETURN replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(
    CASE WHEN data IS NULL OR data = '{}' THEN body
         ELSE replace(replace(replace(replace(replace(replace(body,
             '{model_version}', coalesce(data ->> 'model_version', '-')),
             '{confidence}', coalesce(to_char((data ->> 'confidence')::float8, 'FM990.00'), '-')),
             '{modality}', coalesce(data ->> 'modality', '-')),
             '{power}', coalesce(data ->> 'power', '-')),
             '{fault}', coalesce(data ->> 'fault', '-')),
             '{text}', coalesce(data ->> 'text', '')) END,
    '{equipment}', coalesce(equipment, '-')),
    '{sensor}', coalesce(sensor, '')),
    '{value}', coalesce(value, '-')),
    '{unit}', coalesce(' ' || unit, '')),
    '{limit}', coalesce("limit", '-')),
    '{level}', coalesce(level, '')),
    '{severity}', coalesce(severity, '')),
    '{rule}', coalesce(rule, '')),
    '{time}', coalesce("time", '')),
    '{peak}', coalesce(peak, '-'));
COMMENT ON FUNCTION alarm.fill(text, text, text, text, text, text, text, text, text, text, text, jsonb) IS
    'An alarm text with its fields filled in. One expression that the planner inlines: thousands of alarms in one batch are thousands of texts.';
REVOKE ALL ON FUNCTION alarm.fill(text, text, text, text, text, text, text, text, text, text, text, jsonb) FROM PUBLIC;
