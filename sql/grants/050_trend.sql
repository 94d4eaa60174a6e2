GRANT INSERT, UPDATE, DELETE ON ml.health_indicator TO engineer;
