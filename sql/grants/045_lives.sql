-- Lives, failures, work orders and costs are written in psql, too. Operators report failures and close orders by
-- functions (api).
GRANT INSERT, UPDATE, DELETE ON plant.component, plant.component_life, plant.failure, plant.work_order, plant.cost
    TO engineer;
-- Signals that are looked at apart, and whose thresholds may be moved, are rows of engineers, too.
GRANT INSERT, UPDATE, DELETE ON alarm.multivariate_exclusion, ml.threshold_policy TO engineer;
