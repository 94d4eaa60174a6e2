CREATE OR REPLACE FUNCTION ingest.decode(
    decoder regproc, unit text, ordinals integer[], equipment text[], sensor text[], payload text[],
    received_at timestamptz[],
    "now" timestamptz, most bigint,
    OUT sensor_id integer[], OUT "time" timestamptz[], OUT value float8[], OUT quality smallint[],
        OUT is_historical boolean[],
    OUT stated ingest.stated_point[],
    OUT none_sensor integer[], OUT none_time timestamptz[], OUT none_value float8[],
    OUT bad integer[], OUT reason text[], OUT detail text[]
)
    LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    v_latest_time timestamptz := decode.now + ops.setting_interval('ingest.future_tolerance');
    v_earliest_time timestamptz := ingest.earliest_time(decode.now);
    v_gate record;
    v_binary text[] := ingest.binary_types();
    v_register boolean := ops.setting_text('ingest.unknown_equipment') = 'register';
    v_unknown bigint;
    v_without_unit bigint;
    v_points bigint;
    v_answered bigint;
    v_silent integer[];
BEGIN
    SELECT g.* INTO v_gate FROM ingest.value_gate() AS g;
    FOR v_attempt IN 1..2 LOOP
        -- Decode, find the sensors, and part the good from the bad, in one statement.
        EXECUTE format($sql$
            SELECT array_agg(p.sensor_id) FILTER (WHERE p.error IS NULL) AS sensor_id,
                   array_agg(p.time) FILTER (WHERE p.error IS NULL) AS time,
                   array_agg(p.value) FILTER (WHERE p.error IS NULL) AS value,
                   array_agg(p.quality) FILTER (WHERE p.error IS NULL) AS quality,
                   array_agg(p.is_historical) FILTER (WHERE p.error IS NULL) AS is_historical,
                   array_agg(p.ordinal) FILTER (WHERE p.error NOT IN ('no_value', 'other_unit')) AS bad,
                   array_agg(p.error) FILTER (WHERE p.error NOT IN ('no_value', 'other_unit')) AS reason,
                   -- made of what is refused only
                   array_agg(CASE WHEN p.error = 'implausible_value' THEN concat_ws(' ', p.error_detail, p.value)
                                  WHEN p.error IN ('future_timestamp', 'ancient_timestamp',
                                                   'beyond_retention') THEN p.time::text
                                  ELSE p.error_detail END)
                                       FILTER (WHERE p.error NOT IN ('no_value', 'other_unit')) AS detail,
                   -- no mistake of the message, so not for the quarantine: counted
                   array_agg(p.sensor_id) FILTER (WHERE p.error = 'no_value') AS none_sensor,
                   array_agg(p.time) FILTER (WHERE p.error = 'no_value') AS none_time,
                   array_agg(p.value) FILTER (WHERE p.error = 'no_value') AS none_value,
                   array_agg((p.sensor_id, p.time, p.value, p.claim, p.quality, p.is_historical, p.ordinal,
                              p.error_detail)::ingest.stated_point)
                       FILTER (WHERE p.error = 'other_unit') AS stated,
                   count(*) FILTER (WHERE p.error = 'unknown_sensor') AS unknown,
                   count(*) FILTER (WHERE p.error = 'other_unit' AND p.lacks_unit) AS without_unit,
                   count(*) AS points, count(DISTINCT p.ordinal) AS answered
            FROM (
                SELECT s.id AS sensor_id, d.time, CASE WHEN abs(d.value) < 1e-100 THEN 0 ELSE d.value END AS value,
                       d.quality,
                       d.is_historical, d.ordinal, d.claim,
                       -- one that it can take: plant.take_units
                       s.unit IS NULL AND length(d.claim) <= 32 AND plant.unit_key(d.claim) <> '' AS lacks_unit,
                       CASE
                           -- true and false are values of some sensors only, which the decoder does not know
                           WHEN d.error IS NOT NULL AND (d.error <> 'not_binary' OR s.type <> ALL ($14)) THEN
                               CASE d.error WHEN 'other_unit' THEN 'unit_mismatch' ELSE d.error END
                           WHEN d.time > $6 THEN 'future_timestamp'
                           WHEN d.time < $7 THEN ingest.too_old(d.time, clock_timestamp())
                           WHEN s.id IS NULL THEN 'unknown_sensor'
                           WHEN d.claim IS NOT NULL AND (d.claim <> s.unit OR s.unit IS NULL) THEN 'other_unit'
                           ELSE ingest.value_refusal(d.value, s.id, s.type, s.plausible_min, s.plausible_max, $8, $9,
                                                     $10, $11)
                       END AS error,
                       CASE WHEN s.id IS NULL AND d.error IS NULL THEN d.equipment || ' ' || d.sensor
                            ELSE d.error_detail END AS error_detail
                FROM (
                    SELECT n.*, coalesce(n.unit, $13) AS claim
                    FROM %s($1, $2, $3, $4, $5) WITH ORDINALITY
                        AS n (ordinal, equipment, sensor, sensor_type, unit, time, value, quality, is_historical, error,
                              error_detail, arrival)
                    LIMIT $12
                ) AS d
                LEFT JOIN plant.sensor AS s ON s.equipment_id = d.equipment AND s.name = d.sensor
                -- by the primary key: an index is filled twice as fast in order; what has one time, as it came
                ORDER BY s.id, d.time, d.arrival
            ) AS p $sql$, decode.decoder)
        INTO sensor_id, time, value, quality, is_historical, bad, reason, detail, none_sensor, none_time, none_value,
             stated,
             v_unknown, v_without_unit, v_points, v_answered
        USING decode.ordinals, decode.equipment, decode.sensor, decode.payload, decode.received_at, v_latest_time,
            v_earliest_time,
              v_gate.lowest, v_gate.highest, v_gate.marks, v_gate.has_spans, decode.most + 1, decode.unit, v_binary;
        IF v_points > decode.most THEN
            RAISE EXCEPTION USING ERRCODE = '54000', MESSAGE = format('%s makes more than %s points of %s messages',
                decode.decoder, decode.most, cardinality(decode.ordinals));
        END IF;
        EXIT WHEN (v_unknown = 0 OR NOT v_register) AND v_without_unit = 0 OR v_attempt = 2;
        -- First words of a sensor, or of its unit: note them, then decode again. Rare, so the second pass costs nothing
        -- that matters.
        PERFORM ingest.discover_in(decode.decoder, decode.unit, decode.ordinals, decode.equipment, decode.sensor,
            decode.payload, decode.received_at, v_latest_time, v_earliest_time, v_register);
    END LOOP;
    IF v_answered < cardinality(decode.ordinals) THEN
        -- Of some it said nothing at all: nobody would ever know of them.
        EXECUTE format($sql$
            SELECT array_agg(m.ordinal)
            FROM unnest($1) AS m (ordinal)
            WHERE m.ordinal NOT IN (SELECT d.ordinal FROM %s($1, $2, $3, $4, $5) AS d WHERE d.ordinal IS NOT NULL)
            $sql$, decode.decoder)
        INTO v_silent
        USING decode.ordinals, decode.equipment, decode.sensor, decode.payload, decode.received_at;
        bad := bad || v_silent;
        reason := reason || array_fill('no_points'::text, ARRAY[coalesce(cardinality(v_silent), 0)]);
        detail := detail || array_fill(decode.decoder::text, ARRAY[coalesce(cardinality(v_silent), 0)]);
    END IF;
END
$$;
COMMENT ON FUNCTION ingest.decode(regproc, text, integer[], text[], text[], text[], timestamptz[], timestamptz,
                                  bigint) IS
    'What one decoder makes of its messages of a batch (arrays of equal length), parted: points to store, by sensor '
    'and time; stated: points in another unit than their sensor''s; none_…: values that mean "no value"; bad: ordinals '
    'of messages with a reason and a detail each. Sensors that are new are registered on the way. 54000: it makes more '
    'than most points. Part of ingest.accept.';
REVOKE ALL ON FUNCTION ingest.decode(regproc, text, integer[], text[], text[], text[], timestamptz[], timestamptz,
                                     bigint)
    FROM PUBLIC;
