CREATE OR REPLACE FUNCTION alarm.multivariate_distance(
    deviation float8[], inverse float8[], OUT t2 float8, OUT q float8, OUT residual float8[]
)
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    p CONSTANT integer := cardinality(deviation);
    v_sum float8;
    i integer;
    v_x float8;
BEGIN
    t2 := 0;
    q := 0;
    -- a matrix times a vector, for each bucket of a machine: loops over arrays cost a fifth of joins of unnested ones
    i := 0;
    FOREACH v_x IN ARRAY deviation LOOP
        v_sum := 0;
        FOR j IN 1 .. p LOOP
            v_sum := v_sum + inverse[i * p + j] * deviation[j];
        END LOOP;
        i := i + 1;
        t2 := t2 + v_x * v_sum;
        -- what the others do not explain of this signal, in standard deviations of that
        residual[i] := v_sum / sqrt(inverse[(i - 1) * p + i]);
        q := q + residual[i] ^ 2;
    END LOOP;
    t2 := greatest(t2, 0);
END
$$;
COMMENT ON FUNCTION alarm.multivariate_distance(float8[], float8[]) IS
    'Hotelling''s T² of deviations in spreads (z'' R⁻¹ z, inverse row by row), and Q: the sum of the squared residuals '
    'of each signal''s regression on the others, each in its own standard deviations. residual: those, per signal; '
    'their squares are the conditional terms of Mason, Young and Tracy.';
REVOKE ALL ON FUNCTION alarm.multivariate_distance(float8[], float8[]) FROM PUBLIC;
