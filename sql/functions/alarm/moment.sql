CREATE OR REPLACE FUNCTION alarm.moment(
    a alarm.alarm, k alarm.transition_kind, occurred_at timestamptz, rule_version integer
) RETURNS jsonb
    -- STABLE as to_char is; a parsed body, which the planner puts in place of the call
    LANGUAGE sql STABLE PARALLEL SAFE
RETURN CASE
    -- as it mostly is: nothing that the transition and the alarm do not say for ever
    WHEN (k.kind = 'raised' OR k.kind = 'cleared') AND a.data = '{}' AND a.shelved IS NULL AND a.suppressed_by = '{}'
        AND NOT (a.acknowledged OR a.confirmed OR a.out_of_service OR a.latched OR a.chattering)
        AND (a.cleared_at IS NULL OR (k.kind = 'raised' AND occurred_at < a.cleared_at)
             OR (k.kind = 'cleared' AND occurred_at = a.cleared_at))
        AND (a.rule_id IS NULL OR rule_version = a.rule_version) IS TRUE
    THEN NULL
    ELSE jsonb_strip_nulls(jsonb_build_object(
        'acknowledged', nullif(a.acknowledged, false), 'confirmed', nullif(a.confirmed, false),
        'shelved', nullif(a.shelved IS NOT NULL, false), 'shelved_until', alarm.iso_time(a.shelved_until),
        'suppressed', nullif(a.suppressed_by <> '{}', false), 'out_of_service', nullif(a.out_of_service, false),
        'latched', nullif(a.latched, false), 'chattering', nullif(a.chattering, false),
        'active', CASE WHEN NOT k.closes AND NOT (a.active OR occurred_at < a.cleared_at) THEN false END,
        'cleared_at', CASE WHEN occurred_at >= a.cleared_at OR k.closes THEN alarm.iso_time(a.cleared_at) END,
        'peak', CASE WHEN k.kind <> 'raised' AND k.kind <> 'cleared' THEN a.peak_value END,
        'rule_version', CASE WHEN a.rule_id IS NOT NULL AND rule_version IS DISTINCT FROM a.rule_version
                             THEN coalesce(rule_version, 0) END))
        || CASE WHEN a.data = '{}' THEN '{}' ELSE jsonb_build_object('data', a.data) END
    END;
COMMENT ON FUNCTION alarm.moment(alarm.alarm, alarm.transition_kind, timestamptz, integer) IS
    'What of an alarm must be remembered with a notification of its transition (its kind, occurred_at, the rule''s '
    'version now; NULL: there is no rule any more), because it may be otherwise when somebody reads it: members of the '
    'message that are not as usual, the peak so far, the version whose own text holds. NULL: nothing, which costs '
    'ingest nothing.';
REVOKE ALL ON FUNCTION alarm.moment(alarm.alarm, alarm.transition_kind, timestamptz, integer) FROM PUBLIC;
