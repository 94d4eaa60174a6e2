CREATE OR REPLACE FUNCTION ml.power_kw(power text) RETURNS float8
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    -- a SQL-standard body: no search_path is needed, and it is inlined where powers are compared
RETURN CASE WHEN power ~ '\d_\d' THEN replace(left(substring(power FROM '\d+_\d+'), 18), '_', '.')
            ELSE replace(left(substring(power FROM '\d+(?:[.,_]\d+)?'), 18), ',', '.') END::float8;
COMMENT ON FUNCTION ml.power_kw(text) IS 'Kilowatts in a power class''s name: 2.2kW, 2_2kW, 15 kW, 11; NULL where it holds no number.';
REVOKE ALL ON FUNCTION ml.power_kw(text) FROM PUBLIC;
