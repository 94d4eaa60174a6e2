CREATE OR REPLACE FUNCTION alarm.condition_parameters()
    RETURNS TABLE (condition text, parameter text, type text, required boolean, choices text[], meaning text)
    LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 18
    SET search_path = pg_catalog, pg_temp
AS $$
    VALUES
        ('rate_of_change', 'step', 'number', false, NULL::text[], 'Shortest time in seconds over which the change is taken; limits are in units per second. Default 0: from value to value.'),
        ('flat_line', 'epsilon', 'number', false, NULL, 'Largest change that still counts as none; the limit is in seconds without change. Default 0.'),
        ('windowed', 'aggregate', 'text', true, '{mean,min,max,count,stddev,slope}', 'What is taken over the window, at each full minute; slope is in units per second.'),
        ('windowed', 'window', 'interval', true, NULL, 'How far the window reaches back.'),
        ('baseline', 'state', 'text', false, NULL, 'Operating state whose baseline counts; each: that of the state that held at the time (alarm.operating_state). Limits and deadband are in spreads from the centre (low negative). Default *.'),
        ('baseline', 'season', 'text', false, '{hour_of_week}', 'Each value against the baseline of its hour of the week, where that was learned.'),
        ('baseline', 'window', 'interval', false, NULL, 'With state each: how old the value that tells the state may be. Default 1 day.'),
        ('two_signal', 'other', 'text', true, NULL, 'Name of the other sensor of the same equipment.'),
        ('two_signal', 'operation', 'text', false, '{difference,ratio}', 'What the limits are held against. Default difference.'),
        ('two_signal', 'window', 'interval', false, NULL, 'How old the other sensor''s value may be. Default 1 minute.'),
        ('iso_zone', 'standard', 'text', false, NULL, 'alarm.vibration_zone.standard where several have the machine''s class.'),
        ('model_verdict', 'consecutive', 'count', false, NULL, 'Anomalies in a row that it takes. Default 1.'),
        ('expression', 'expression', 'text', false, NULL, 'Arithmetic over the latest values of the equipment''s sensors by their names: (current_x + current_y) / 2 - current_z. Numbers, + - * / ( ), abs, sqrt, least, greatest. This or sql.'),
        ('expression', 'sql', 'text', false, NULL, 'Any SQL expression that gives a number, subqueries included; sees equipment_id (text), sensors (jsonb, name to latest value) and at (timestamptz), in subqueries as machine.equipment_id. Runs as role alarm_expression, which reads plant, telemetry, rollup, ml and report. This or expression.')
$$;
COMMENT ON FUNCTION alarm.condition_parameters() IS
    'The members of alarm.rule.parameters that each condition knows, their types and meaning. Conditions that are not listed have none.';
REVOKE ALL ON FUNCTION alarm.condition_parameters() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION alarm.condition_parameters() TO viewer;
