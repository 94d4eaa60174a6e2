CREATE OR REPLACE FUNCTION alarm.template_keys(condition text, event text, code text, data jsonb) RETURNS text[]
    -- a parsed body, which the planner puts in place of the call
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
    WHEN condition = 'system' THEN
        CASE WHEN event = 'raised' THEN '{}'::text[]
             ELSE ARRAY[coalesce(data ->> 'condition', split_part(code, ':', 1)) || ':' || event, 'system:' || event,
                        event] END
        || ARRAY[coalesce(data ->> 'condition', split_part(code, ':', 1)), 'system', '*']
    ELSE
        CASE WHEN event = 'raised' THEN '{}'::text[] ELSE ARRAY[condition || ':' || event, event] END
        || CASE WHEN data ->> 'fault' <> '' THEN ARRAY[condition || ':fault'] ELSE '{}' END
        || ARRAY[condition, '*']
    END;
COMMENT ON FUNCTION alarm.template_keys(text, text, text, jsonb) IS
    'Under which keys alarm.message_template may have the text of an alarm, best first: what the event has of its own '
    '(above:cleared, cleared), then what names a fault (model_verdict:fault), the condition, and * for all. For a '
    'system alarm the condition is what failed (data.condition, else what its code begins with), then system.';
REVOKE ALL ON FUNCTION alarm.template_keys(text, text, text, jsonb) FROM PUBLIC;
