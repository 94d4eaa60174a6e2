CREATE OR REPLACE FUNCTION auth.throttle_memory() RETURNS interval
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN INTERVAL '1 hour';
COMMENT ON FUNCTION auth.throttle_memory() IS 'How long without another failure until failed logins are forgotten; no wait is longer.';
REVOKE ALL ON FUNCTION auth.throttle_memory() FROM PUBLIC;
