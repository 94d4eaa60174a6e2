-- What people look at.
INSERT INTO ops.setting (name, value, description, unit) VALUES
    ('report.page_url', '"http://localhost:8000"', 'Where people reach the operator''s page: boards link an alarm to <page_url>/#/alarms/<id>. No slash at the end.', NULL)
ON CONFLICT (name) DO NOTHING;
SELECT ops.set_setting_range('report.page_url', p_data_type => 'url');
