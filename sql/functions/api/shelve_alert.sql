CREATE OR REPLACE FUNCTION api.shelve_alert(
    id bigint, duration_seconds integer DEFAULT 3600, one_shot boolean DEFAULT false, comment text DEFAULT NULL
) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF duration_seconds IS NULL OR duration_seconds < 1 THEN
        RAISE EXCEPTION USING ERRCODE = 'MW422', COLUMN = 'duration_seconds', MESSAGE = 'duration_seconds must be 1 or more';
    END IF;
    RETURN api.alert_json(alarm.shelve(id, make_interval(secs => duration_seconds), NULL, comment, coalesce(one_shot, false)));
END
$$;
COMMENT ON FUNCTION api.shelve_alert(bigint, integer, boolean, text) IS
    'Keeps the alarm of this rule and sensor from the operators for duration_seconds; with one_shot at most until it clears. The longest is the setting alarm.shelve_maximum.';
REVOKE ALL ON FUNCTION api.shelve_alert(bigint, integer, boolean, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.shelve_alert(bigint, integer, boolean, text) TO operator;
