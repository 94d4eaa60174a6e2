-- The training worker's login: five calls and what it reads from (sql/views/training has those grants).
GRANT USAGE ON SCHEMA ml TO trainer;
-- policies are an engineer's, with psql
GRANT INSERT, UPDATE, DELETE ON ml.promotion_policy TO engineer;
