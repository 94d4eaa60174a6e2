CREATE OR REPLACE FUNCTION ml.record_rul(estimates jsonb, OUT stored integer, OUT outbox_rows integer)
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp SET timezone = 'UTC'
AS $$
DECLARE
    c_most CONSTANT integer := 10000;
    c_basis CONSTANT integer := 8192;
    v_started CONSTANT timestamptz := clock_timestamp();
    v_earliest CONSTANT timestamptz := v_started - ops.setting_interval('ingest.oldest');
    v_latest CONSTANT timestamptz := v_started + ops.setting_interval('ingest.future_tolerance');
    -- what is not reported any more raises nothing either
    v_heard_from CONSTANT timestamptz := v_started - ops.setting_interval('report.rul_age');
    v_new ml.rul_predictions[];
    v_errors jsonb;
    v_unknown text[];
    v_fed record;
BEGIN
    IF jsonb_typeof(estimates) IS DISTINCT FROM 'array' OR jsonb_array_length(estimates) NOT BETWEEN 1 AND c_most THEN
        PERFORM alarm.refuse('MW422', 'estimates', format('estimates must be an array of 1 to %s', c_most));
    END IF;
    SELECT array_agg(ROW(
               CASE WHEN coalesce(jsonb_typeof(e.value -> 'time'), 'null') = 'null' THEN v_started
                   ELSE ingest.parse_time(e.value ->> 'time') END,
               e.value ->> 'equipment_id', coalesce(e.value ->> 'power', '*'),
               coalesce(e.value ->> 'method', 'external'),
               coalesce(e.value ->> 'model_version', ''), ml.finite(e.value -> 'rul_hours'),
               ml.finite(e.value -> 'lower_hours'), ml.finite(e.value -> 'upper_hours'),
               ml.finite(e.value -> 'confidence'), coalesce(nullif(e.value -> 'basis', 'null'), '{}'),
               v_started)::ml.rul_predictions ORDER BY e.n)
    INTO v_new
    FROM jsonb_array_elements(estimates) WITH ORDINALITY AS e (value, n);

    SELECT jsonb_agg(jsonb_build_object('field', format('[%s].%s', e.n - 1, c.member), 'message', c.message)
                     ORDER BY e.n, c.member)
    INTO v_errors
    FROM jsonb_array_elements(estimates) WITH ORDINALITY AS e (value, n)
    -- in step with it: looking each up by its number takes a second for a thousand
    JOIN unnest(v_new) WITH ORDINALITY AS p (time, equipment_id, power, method, model_version, rul_hours, lower_hours,
        upper_hours, confidence, basis, received_at, n) ON p.n = e.n
    CROSS JOIN LATERAL (VALUES
        ('equipment_id', 'must be a text of 1 to 64 characters',
            jsonb_typeof(e.value -> 'equipment_id') = 'string' AND length(p.equipment_id) BETWEEN 1 AND 64),
        ('power', 'must be a text of 1 to 64 characters', length(p.power) BETWEEN 1 AND 64),
        ('model_version', 'must be a text of at most 64 characters', length(p.model_version) <= 64),
        ('method', 'is none of ml.rul_method', EXISTS (SELECT FROM ml.rul_method AS m WHERE m.method = p.method)),
        ('time', 'must be a time in ISO 8601 or epoch seconds, within what is taken (settings ingest.oldest, '
            'ingest.future_tolerance)', p.time BETWEEN v_earliest AND v_latest),
        ('rul_hours', 'must be a finite number, 0 or more', p.rul_hours >= 0),
        ('lower_hours', 'must be a finite number from 0 to rul_hours, and upper_hours be given', CASE
            WHEN coalesce(jsonb_typeof(e.value -> 'lower_hours'), 'null') = 'null' THEN p.upper_hours IS NULL
            ELSE p.lower_hours BETWEEN 0 AND p.rul_hours END),
        ('upper_hours', 'must be a finite number, rul_hours or more, and lower_hours be given', CASE
            WHEN coalesce(jsonb_typeof(e.value -> 'upper_hours'), 'null') = 'null' THEN p.lower_hours IS NULL
            ELSE p.upper_hours >= p.rul_hours END),
        ('confidence', 'must be a number from 0 to 1', coalesce(jsonb_typeof(e.value -> 'confidence'), 'null') = 'null'
            OR p.confidence BETWEEN 0 AND 1),
        ('basis', format('must be an object of at most %s bytes', c_basis),
            jsonb_typeof(p.basis) = 'object' AND octet_length(p.basis::text) <= c_basis)
    ) AS c (member, message, holds)
    WHERE c.holds IS NOT TRUE;
    IF v_errors IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'MW422', COLUMN = v_errors -> 0 ->> 'field', DETAIL = v_errors::text,
            MESSAGE = format('%s %s; no estimate is stored', v_errors -> 0 ->> 'field', v_errors -> 0 ->> 'message');
    END IF;

    SELECT array_agg(DISTINCT p.equipment_id) INTO v_unknown
    FROM unnest(v_new) AS p
    WHERE NOT EXISTS (SELECT FROM plant.equipment AS e WHERE e.id = p.equipment_id);
    IF v_unknown IS NOT NULL THEN
        IF ops.setting_text('ingest.unknown_equipment') <> 'register' THEN
            PERFORM alarm.refuse('MW404', 'equipment_id', format('there is no equipment "%s"', v_unknown[1]));
        END IF;
        PERFORM plant.discover(v_unknown, '{}', '{}', '{}');
    END IF;
    PERFORM ml.make_history_chunks('ml.rul_predictions', array_agg(p.time))
    FROM unnest(v_new) AS p
    -- a month ago or later lies in the usual chunks
    WHERE p.time < v_started - INTERVAL '30 days' HAVING count(*) > 0;

    WITH added AS (
        INSERT INTO ml.rul_predictions AS x
        SELECT p.* FROM unnest(v_new) AS p ORDER BY p.equipment_id, p.method, p.power, p.model_version, p.time
        ON CONFLICT DO NOTHING
        RETURNING x.*
    )
    SELECT count(*) AS stored, array_agg(a.equipment_id) FILTER (WHERE a.is_last) AS equipment_id,
           array_agg(a.time) FILTER (WHERE a.is_last) AS time, array_agg(a.rul_hours) FILTER (WHERE a.is_last) AS rul,
           array_agg(jsonb_build_object(
               'bundle_kind', a.method, 'power', a.power, 'method', a.method, 'model_version', a.model_version,
               'lower_hours', ml.conformal_low(a.rul_hours, a.lower_hours, a.shift),
               'upper_hours', ml.conformal_high(a.rul_hours, a.upper_hours, a.shift),
               'confidence', a.confidence, 'basis', a.basis)
           ) FILTER (WHERE a.is_last) AS data
    INTO v_fed
    FROM (
        SELECT x.*,
               -- as report.remaining_life tells it
               (SELECT c.shift FROM ml.rul_correction AS c
                WHERE c.method = x.method AND c.valid_from <= x.received_at
                  AND c.equipment_type = (SELECT e.type FROM plant.equipment AS e WHERE e.id = x.equipment_id)
                ORDER BY c.valid_from DESC LIMIT 1) AS shift,
               x.time >= v_heard_from AND NOT EXISTS (
            -- it is older than one that was there before: too late to raise or end anything (of these here, all are
            -- heard in the order of their times)
            SELECT FROM ml.rul_predictions AS o
            WHERE o.equipment_id = x.equipment_id AND o.method = x.method AND o.time > x.time AND o.power = x.power)
            AS is_last
        FROM added AS x
    ) AS a;
    record_rul.stored := v_fed.stored;
    PERFORM ml.outcome_late(array_agg(p.equipment_id), array_agg(p.time)) FROM unnest(v_new) AS p;
    -- last: it takes the outbox counter, which everybody needs
    outbox_rows := CASE WHEN v_fed.rul IS NULL THEN 0 ELSE
        alarm.announce(alarm.rul_estimates(v_fed.equipment_id, v_fed.time, v_fed.rul, v_fed.data)) END;
END
$$;
COMMENT ON FUNCTION ml.record_rul(jsonb) IS
    'Stores estimates of the remaining useful life and lets rul_below rules judge them (each method and power of a '
    'machine for itself; one that is older than the last, or than the setting report.rul_age, raises nothing). An '
    'array of up to 10,000 {equipment_id, rul_hours, time (default now), power (default *), method (of ml.rul_method, '
    'default external), model_version, lower_hours and upper_hours (80 % interval), confidence 0 to 1, basis {}}: all '
    'or none. One that is there already is left alone. MW422 names what is wrong: [index].member. MW404: the '
    'equipment, where the setting ingest.unknown_equipment does not register it.';
REVOKE ALL ON FUNCTION ml.record_rul(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ml.record_rul(jsonb) TO engineer;
