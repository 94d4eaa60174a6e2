-- millwright: drop-views
-- What a regressor says is kept with its prediction.
ALTER TABLE ml.serve_ml_predictions ADD COLUMN value float8;
COMMENT ON COLUMN ml.serve_ml_predictions.value IS 'What the bundle''s regressor gives (unit: the bundle''s metadata); NULL where it has none.';
