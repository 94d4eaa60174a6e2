-- The names of the original system's boards, for Grafana's role alone: public.sensor_data says device_id and current, theirs device and x.
CREATE SCHEMA grafana;
COMMENT ON SCHEMA grafana IS 'Views with the names and columns that the boards of the original system query. First in the search_path of grafana_reader.';
GRANT USAGE ON SCHEMA grafana TO viewer;

-- report.page_url: an address and nothing else, because boards make links of it
ALTER TABLE ops.setting
    DROP CONSTRAINT setting_data_type_check,
    ADD CONSTRAINT setting_data_type_check
        CHECK (data_type IN ('integer', 'float', 'interval', 'boolean', 'text', 'texts', 'time zone', 'times', 'networks', 'url'));

-- of the few predictions that a regressor speaks in: report.remaining_life
CREATE INDEX serve_ml_predictions_value_idx ON ml.serve_ml_predictions (equipment_id, time DESC) WHERE value IS NOT NULL;
