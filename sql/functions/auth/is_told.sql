CREATE OR REPLACE FUNCTION auth.is_told(p_count integer) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
-- a power of two has one bit set
RETURN p_count <= 20 OR (p_count & (p_count - 1)) = 0;
COMMENT ON FUNCTION auth.is_told(integer) IS
    'Whether the n-th failure in a row gets an entry in the audit trail: the first 20, then the 32nd, 64th, 128th … A guesser must not fill it.';
REVOKE ALL ON FUNCTION auth.is_told(integer) FROM PUBLIC;
