INSERT INTO ops.job (name, procedure, schedule, max_runtime, description) VALUES
    ('refresh days', 'rollup.refresh', '30 seconds', '2 minutes', 'Brings days (rollup.reading_1d) and sketches (p50, p95, p99) up to date with the finished hours.'),
    ('drop old hours', 'rollup.drop_hours', '1 day', '5 minutes', 'Drops hours past the setting rollup.hour_retention, once days have them.')
ON CONFLICT (name) DO NOTHING;
INSERT INTO rollup.state_kind (state, kind) VALUES
    ('idle', 'idle'), ('idling', 'idle'), ('standby', 'idle'), ('ready', 'idle'), ('waiting', 'idle'), ('unloaded', 'idle'),
    ('stopped', 'stopped'), ('stop', 'stopped'), ('off', 'stopped'), ('down', 'stopped'), ('standstill', 'stopped'), ('fault', 'stopped')
ON CONFLICT (state) DO NOTHING;
INSERT INTO ops.setting (name, value, description, unit) VALUES
    ('plant.state_hold', '"5 minutes"', 'How long the last value of the sensor that tells a machine''s state counts, while no other comes. Then the state is unknown.', 'interval'),
    ('plant.running_current', '1', 'A machine without alarm.operating_state runs while the mean of its sensors of type current is at least this.', 'A'),
    ('plant.idle_current', '0.1', 'Below plant.running_current it idles from this current on; below this it stands still.', 'A'),
    ('plant.line_voltage', 'null', 'Line voltage for energy out of three-phase current, where a machine has no sensor of type power; null: none is estimated.', 'V'),
    ('plant.power_factor', '0.85', 'Power factor for energy out of current.', '1'),
    ('rollup.minute_retention', 'null', 'How long minutes (rollup.reading_1m) are kept; null: for ever. Shown here, changed by ops.set_retention.', 'interval'),
    ('rollup.hour_retention', 'null', 'How long hours (rollup.reading_1h) and their sketches are kept; null: for ever. Days always are. Shown here, changed by ops.set_retention.', 'interval'),
    ('telemetry.columnstore_after', 'null', 'Age from which readings lie in columns (Community edition only); null: they do not. Shown here, changed by ops.set_columnstore.', 'interval'),
    ('plant.gap_after', '"5 minutes"', 'A machine of which nothing is heard for longer than this has a gap in its data.', 'interval')
ON CONFLICT (name) DO NOTHING;
