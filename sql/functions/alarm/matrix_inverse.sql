CREATE OR REPLACE FUNCTION alarm.matrix_inverse(matrix float8[]) RETURNS float8[]
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    p CONSTANT integer := round(sqrt(cardinality(matrix)))::integer;
    a float8[] := matrix;
    v_pivot float8;
    v_factor float8;
BEGIN
    IF p * p <> cardinality(matrix) THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'the matrix is not square';
    END IF;
    -- Gauss–Jordan in place: each pivot needs what the one before left. Loops over p³ numbers, with p signals of one
    -- machine. A positive definite matrix needs no exchange of rows.
    FOR k IN 1 .. p LOOP
        v_pivot := a[(k - 1) * p + k];
        IF NOT v_pivot > 0 THEN
            RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'the matrix is not positive definite';
        END IF;
        a[(k - 1) * p + k] := 1;
        FOR j IN 1 .. p LOOP
            a[(k - 1) * p + j] := a[(k - 1) * p + j] / v_pivot;
        END LOOP;
        FOR i IN 1 .. p LOOP
            CONTINUE WHEN i = k;
            v_factor := a[(i - 1) * p + k];
            a[(i - 1) * p + k] := 0;
            FOR j IN 1 .. p LOOP
                a[(i - 1) * p + j] := a[(i - 1) * p + j] - v_factor * a[(k - 1) * p + j];
            END LOOP;
        END LOOP;
    END LOOP;
    RETURN a;
END
$$;
COMMENT ON FUNCTION alarm.matrix_inverse(float8[]) IS
    'Inverse of a symmetric, positive definite matrix that is given row by row. 22023: it is not one.';
REVOKE ALL ON FUNCTION alarm.matrix_inverse(float8[]) FROM PUBLIC;
