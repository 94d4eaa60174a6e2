CREATE OR REPLACE FUNCTION alarm.subject(a alarm.alarm) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
-- by name and not by alarm.signal.id: a rule that is switched off and on again is still the same to those who are told
RETURN a.code || coalesce(' on ' || a.equipment_id, '') || coalesce(' sensor ' || a.sensor_id, '')
    || CASE WHEN a.sensor_id IS NULL
            AND a.condition <> 'system' THEN coalesce(' power ' || (a.data ->> 'power'), '')
                || coalesce(' by ' || (a.data ->> 'bundle_kind'), '')
            ELSE '' END;
COMMENT ON FUNCTION alarm.subject(alarm.alarm) IS
    'What deliveries of the alarm are about (relay.delivery.subject): one rule on one sensor (or on what one bundle '
    'says of a machine), or one system failure; the same for an alarm and its successors.';
REVOKE ALL ON FUNCTION alarm.subject(alarm.alarm) FROM PUBLIC;
