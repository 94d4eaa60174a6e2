CREATE OR REPLACE FUNCTION rollup.quantiles(p_sketch bigint[], p_fractions float8[], p_min float8 DEFAULT NULL, p_max float8 DEFAULT NULL) RETURNS float8[]
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_total bigint := 0;
    v_upto bigint := 0;
    v_entry bigint;
    v_count bigint;
    v_rank float8;
    v_low float8;
    v_high float8;
    v_place int := 1;
    v_result float8[];
BEGIN
    IF coalesce(cardinality(p_sketch), 0) = 0 OR p_fractions IS NULL THEN
        RETURN NULL;
    END IF;
    -- a loop: some twenty entries, and a query costs ten times as much as walking along them
    FOREACH v_entry IN ARRAY p_sketch LOOP
        v_total := v_total + (v_entry & 4294967295);
    END LOOP;
    FOREACH v_entry IN ARRAY p_sketch LOOP
        v_count := v_entry & 4294967295;
        WHILE v_place <= cardinality(p_fractions) LOOP
            v_rank := greatest(ceil(p_fractions[v_place] * v_total), 1) - v_upto;
            EXIT WHEN v_rank > v_count;
            -- somewhere in this bucket: as far along as its rank, which is exact where all values lie in one
            v_low := least(greatest(rollup.sketch_bound(v_entry >> 32, v_entry < 0), p_min), p_max);
            v_high := least(greatest(rollup.sketch_bound(v_entry >> 32, v_entry >= 0), p_min), p_max);
            v_result[v_place] := v_low + (v_high - v_low) * (v_rank - 0.5) / v_count;
            v_place := v_place + 1;
        END LOOP;
        v_upto := v_upto + v_count;
    END LOOP;
    RETURN v_result;
END
$$;
COMMENT ON FUNCTION rollup.quantiles(bigint[], float8[], float8, float8) IS
    'Quantiles of a sketch for ascending fractions (0 to 1), each within 1 % of what percentile_disc of the values is; held within p_min and p_max where these are known. NULL for no sketch.';
REVOKE ALL ON FUNCTION rollup.quantiles(bigint[], float8[], float8, float8) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rollup.quantiles(bigint[], float8[], float8, float8) TO viewer;
