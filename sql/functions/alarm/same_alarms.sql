CREATE OR REPLACE FUNCTION alarm.same_alarms(
    old_raised timestamptz[], old_cleared timestamptz[], new_raised timestamptz[], new_cleared timestamptz[]
) RETURNS integer[]
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_olds integer := coalesce(cardinality(old_raised), 0);
    v_news integer := coalesce(cardinality(new_raised), 0);
    v_same integer[] := '{}';
    i integer := 1;
    j integer := 1;
BEGIN
    -- both in time order: a loop that walks along the two
    WHILE j <= v_news LOOP
        IF i <= v_olds AND new_raised[j] > old_raised[i] AND new_raised[j] >= old_cleared[i] THEN
            i := i + 1; -- was over before
        ELSIF i > v_olds OR (old_raised[i] > new_raised[j] AND old_raised[i] >= new_cleared[j]) THEN
            v_same := v_same || NULL::integer;
            j := j + 1;
        ELSE
            v_same := v_same || i;
            i := i + 1;
            j := j + 1;
        END IF;
    END LOOP;
    RETURN v_same;
END
$$;
COMMENT ON FUNCTION alarm.same_alarms(timestamptz[], timestamptz[], timestamptz[], timestamptz[]) IS
    'Two histories of one machine''s alarms, in time order (cleared NULL: stands): for each of the new one the number '
    'of the alarm of the old one that it is, because they overlap or were raised at the same moment; NULL: none.';
REVOKE ALL ON FUNCTION alarm.same_alarms(timestamptz[], timestamptz[], timestamptz[], timestamptz[]) FROM PUBLIC;
