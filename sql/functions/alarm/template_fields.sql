CREATE OR REPLACE FUNCTION alarm.template_fields() RETURNS text[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN ARRAY['equipment', 'sensor', 'value', 'unit', 'limit', 'level', 'severity', 'rule', 'time', 'peak',
             'model_version', 'confidence', 'modality', 'power', 'fault', 'text', 'object'];
COMMENT ON FUNCTION alarm.template_fields() IS
    'The fields that an alarm text may name in braces. The last seven are filled for model verdicts and system alarms '
    'only.';
REVOKE ALL ON FUNCTION alarm.template_fields() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION alarm.template_fields() TO viewer;
