CREATE OR REPLACE FUNCTION ml.claim_windows(max_windows integer)
    RETURNS TABLE (ordinal integer, equipment_id text, power text, model_version text, stage text, error_code text,
                   error_detail text, "time" text, features jsonb, model_id bigint, filled integer)
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER ROWS 100
    SET search_path = pg_catalog, pg_temp SET timezone = 'UTC'
AS $$
#variable_conflict use_column
DECLARE
    c_origin CONSTANT timestamptz := '2000-01-01 00:00Z';
    -- how soon it is noticed that a bundle answers now, or that late values came
    c_look CONSTANT interval := INTERVAL '5 seconds';
    c_second CONSTANT interval := INTERVAL '1 second';
    v_now CONSTANT timestamptz := clock_timestamp();
    v_grace CONSTANT interval := ops.setting_interval('ml.window_grace');
    v_wait CONSTANT interval := ops.setting_interval('ml.window_wait');
    v_earliest CONSTANT timestamptz := v_now - ops.setting_interval('ml.window_catch_up');
    v_fill CONSTANT integer := ops.setting_int('ml.window_fill');
    v_models bigint[];
    v_each integer;
    v_due record;
    v_built record;
BEGIN
    -- Who locks a bundle's row decides its windows; others pass it over. The lock ends with the transaction, however
    -- that ends, and so does all that is written here: what a crash cut off is due again.
    SELECT array_agg(l.model_id) INTO v_models
    FROM (
        SELECT t.model_id FROM ml.window_state AS t
        WHERE t.next_due <= v_now
        ORDER BY t.next_due, t.model_id
        LIMIT max_windows
        FOR UPDATE SKIP LOCKED
    ) AS l;
    IF v_models IS NULL THEN
        RETURN;
    END IF;
    v_each := greatest(max_windows / cardinality(v_models), 1);

    -- 1. Bundles that do not answer, and where to begin.
    WITH model AS MATERIALIZED (
        SELECT t.model_id, t.done_to, s.bucket * s.stride AS step, s.problem IS NULL AND (
                   EXISTS (SELECT FROM ml.serving AS v WHERE v.equipment_id = m.equipment_id AND v.power = m.power
                           AND (v.serving_version = m.model_version
                                OR v.challenger = m.model_version AND v.challenger_status = 'ready'))) AS answers
        FROM ml.window_state AS t
        JOIN ml.window_spec AS s ON s.model_id = t.model_id
        JOIN ml.serve_ml_models AS m ON m.id = t.model_id
        WHERE t.model_id = ANY (v_models)
    ), placed AS (
        SELECT n.model_id, n.answers, n.step, n.done_to,
               CASE WHEN n.step IS NULL THEN greatest(coalesce(n.done_to, v_now - v_grace), v_earliest)
                    -- a bundle that begins to answer begins with the newest window that there is
                    ELSE greatest(coalesce(n.done_to, date_bin(n.step, v_now - v_grace, c_origin) - n.step),
                                  date_bin(n.step, v_earliest, c_origin)) END AS begin
        FROM model AS n
    ), skipped AS (
        SELECT p.model_id, p.begin,
               floor(extract(epoch FROM p.begin - p.done_to) / extract(epoch FROM p.step))::bigint AS windows
        FROM placed AS p WHERE p.answers AND p.begin > p.done_to AND p.step IS NOT NULL
    ), counted AS (
        INSERT INTO ml.window_outcome AS o (model_id, day, outcome, windows, newest, detail)
        SELECT k.model_id, k.begin::date, 'skipped', k.windows, k.begin, 'further back than ml.window_catch_up'
        FROM skipped AS k WHERE k.windows > 0
        ON CONFLICT (model_id, day, outcome) DO UPDATE SET
            windows = o.windows + excluded.windows, newest = excluded.newest, detail = excluded.detail
    )
    UPDATE ml.window_state AS t SET
        done_to = CASE WHEN p.answers THEN p.begin END,
        next_due = CASE WHEN p.answers THEN t.next_due ELSE v_now + c_look END
    FROM placed AS p
    WHERE t.model_id = p.model_id AND (NOT p.answers OR p.begin IS DISTINCT FROM t.done_to);

    -- 2. Which windows have ended. Of a machine that was silent for longer than can be filled all of them are
    -- incomplete, and need not be built one by one.
    WITH model AS MATERIALIZED (
        SELECT t.model_id, t.done_to, m.equipment_id, s.bucket, s.bucket * s.stride AS step,
               coalesce(s.fill, v_fill) AS fill,
               s.stride, s.cycle_sensor, h.silent, h.last_heard,
               date_bin(s.bucket * s.stride, v_now - v_grace, c_origin) AS newest,
               date_bin(s.bucket * s.stride, v_now - v_grace - v_wait, c_origin) AS given_up
        FROM ml.window_state AS t
        JOIN ml.window_spec AS s ON s.model_id = t.model_id
        JOIN ml.serve_ml_models AS m ON m.id = t.model_id
        CROSS JOIN LATERAL (
            -- the column that was heard last the longest ago
            SELECT l.sensor AS silent, l.time AS last_heard
            FROM (
                SELECT coalesce(w.sensor, w.sensor_type) AS sensor, w.place, (
                    SELECT max(x.time) FROM plant.sensor AS p JOIN telemetry.latest AS x ON x.sensor_id = p.id
                    WHERE p.equipment_id = m.equipment_id AND telemetry.is_meant(p, w.sensor, w.sensor_type)) AS time
                FROM ml.window_signal AS w WHERE w.model_id = t.model_id
            ) AS l
            ORDER BY l.time NULLS FIRST, l.place LIMIT 1
        ) AS h
        WHERE t.model_id = ANY (v_models) AND t.done_to IS NOT NULL
    ), reach AS MATERIALIZED (
        SELECT n.*, CASE WHEN n.step IS NOT NULL AND n.done_to + n.step > coalesce(
                   date_bin(n.bucket, nullif(n.last_heard, '-infinity'), c_origin) + n.bucket * (n.fill + 1),
                   '-infinity')
                   THEN greatest(n.given_up, n.done_to) END AS silent_to
        FROM model AS n
    ), silence AS (
        UPDATE ml.window_state AS t SET
            done_to = r.silent_to, last_outcome = 'incomplete', decided_at = v_now,
            last_detail = format('%s: nothing since %s', r.silent,
                                 coalesce(api.iso(nullif(r.last_heard, '-infinity')), 'ever'))
        FROM reach AS r
        WHERE t.model_id = r.model_id AND r.silent_to > r.done_to
        RETURNING t.model_id, t.done_to, t.last_detail,
            (extract(epoch FROM r.silent_to - r.done_to) / extract(epoch FROM r.step))::bigint AS windows
    ), counted AS (
        INSERT INTO ml.window_outcome AS o (model_id, day, outcome, windows, newest, detail)
        SELECT e.model_id, e.done_to::date, 'incomplete', e.windows, e.done_to, e.last_detail FROM silence AS e
        ON CONFLICT (model_id, day, outcome) DO UPDATE SET
            windows = o.windows + excluded.windows, newest = excluded.newest, detail = excluded.detail
    ), ended AS (
        SELECT r.model_id, r.equipment_id, g AS until
        FROM reach AS r
        CROSS JOIN LATERAL generate_series(r.done_to + r.step, least(r.newest, r.done_to + r.step * v_each),
                                           r.step) AS g
        WHERE r.step IS NOT NULL AND r.silent_to IS NULL
        UNION ALL
        SELECT r.model_id, r.equipment_id, x.time
        FROM reach AS r
        CROSS JOIN LATERAL (
            SELECT n.time, row_number() OVER (ORDER BY n.time) AS place
            FROM (
                SELECT p.time FROM telemetry.reading AS p
                WHERE p.sensor_id = (
                    SELECT min(q.id) FROM plant.sensor AS q JOIN ml.window_signal AS w ON w.model_id = r.model_id
                        AND w.place = 1
                    WHERE q.equipment_id = r.equipment_id AND telemetry.is_meant(q, w.sensor, w.sensor_type))
                  AND p.quality < 2 AND p.time > r.done_to AND p.time <= v_now - v_grace
                ORDER BY p.time LIMIT r.stride * v_each
            ) AS n
        ) AS x
        WHERE r.step IS NULL AND r.cycle_sensor IS NULL AND x.place % r.stride = 0
        UNION ALL
        SELECT r.model_id, r.equipment_id, x.time
        FROM reach AS r
        JOIN plant.sensor AS q ON q.equipment_id = r.equipment_id AND q.name = r.cycle_sensor AND q.status <> 'retired'
        CROSS JOIN LATERAL (
            SELECT n.time, row_number() OVER (ORDER BY n.time) AS place
            FROM (
                -- done_to is the time of a change, whose point is the first here
                SELECT p.time, p.value <> lag(p.value) OVER (ORDER BY p.time) AS is_change
                FROM telemetry.reading AS p
                WHERE p.sensor_id = q.id AND p.quality < 2 AND p.time >= r.done_to AND p.time <= v_now - v_grace
                ORDER BY p.time
            ) AS n
            WHERE n.is_change
            ORDER BY n.time LIMIT r.stride * v_each
        ) AS x
        WHERE x.place % r.stride = 0
    )
    SELECT array_agg(e.model_id ORDER BY e.until, e.model_id) AS model_id,
           array_agg(e.equipment_id ORDER BY e.until, e.model_id) AS equipment_id,
           array_agg(e.until ORDER BY e.until, e.model_id) AS until
    INTO v_due FROM ended AS e;

    -- 3. Build them. Of each bundle: what is incomplete and was waited for long enough is decided here; then comes a
    -- run of complete ones; what is incomplete behind them, or may still be mended by late values, and all after it,
    -- has time.
    SELECT array_agg(f.model_id ORDER BY f.until, f.model_id) AS model_id,
           array_agg(f.until ORDER BY f.until, f.model_id) AS until,
           array_agg(f.features ORDER BY f.until, f.model_id) AS features,
           array_agg(f.filled ORDER BY f.until, f.model_id) AS filled,
           array_agg(f.problem ORDER BY f.until, f.model_id) AS problem
    INTO v_built
    FROM (
        SELECT g.*,
               min(g.until) FILTER (WHERE g.problem IS NOT NULL
                                    AND g.goods > 0) OVER (PARTITION BY g.model_id) AS broken
        FROM (
            SELECT b.*, bool_or(b.problem IS NOT NULL AND NOT b.is_late) OVER w AS waits,
                   count(*) FILTER (WHERE b.problem IS NULL) OVER w AS goods
            FROM (
                SELECT d.model_id, d.until, v.features, v.filled, v.problem,
                       s.bucket IS NULL OR d.until + v_grace + v_wait <= v_now AS is_late
                FROM unnest(v_due.model_id, v_due.until) WITH ORDINALITY AS d (model_id, until, n)
                JOIN ml.window_values(v_due.model_id, v_due.equipment_id, v_due.until) AS v ON v.ordinal = d.n
                JOIN ml.window_spec AS s ON s.model_id = d.model_id
            ) AS b
            WINDOW w AS (PARTITION BY b.model_id ORDER BY b.until)
        ) AS g
    ) AS f
    WHERE NOT f.waits AND (f.goods = 0 OR f.until < coalesce(f.broken, 'infinity'));

    WITH missed AS MATERIALIZED (
        SELECT b.model_id, b.until, b.problem
        FROM unnest(v_built.model_id, v_built.until, v_built.problem) AS b (model_id, until, problem)
        WHERE b.problem IS NOT NULL
    ), counted AS (
        INSERT INTO ml.window_outcome AS o (model_id, day, outcome, windows, newest, detail)
        SELECT b.model_id, b.until::date, 'incomplete', count(*), max(b.until),
               left((array_agg(b.problem ORDER BY b.until DESC))[1], 1000)
        FROM missed AS b GROUP BY b.model_id, b.until::date
        ON CONFLICT (model_id, day, outcome) DO UPDATE SET
            windows = o.windows + excluded.windows, newest = excluded.newest, detail = excluded.detail
    ), last AS (
        SELECT DISTINCT ON (b.model_id) b.model_id, b.until, b.problem FROM missed AS b
        ORDER BY b.model_id, b.until DESC
    )
    UPDATE ml.window_state AS t SET
        done_to = l.until, last_outcome = 'incomplete', last_detail = left(l.problem, 1000), decided_at = v_now
    FROM last AS l
    WHERE t.model_id = l.model_id;

    -- 4. When to look again; of those that are handed out ml.finish_windows says so.
    UPDATE ml.window_state AS t SET next_due = CASE
        WHEN n.until IS NULL THEN v_now + CASE WHEN n.is_cycle THEN c_look ELSE c_second END
        WHEN n.until + v_grace > v_now THEN n.until + v_grace
        WHEN t.decided_at = v_now THEN v_now
        ELSE least(v_now + c_look, n.until + v_grace + v_wait) END
    FROM (SELECT x.model_id, x.done_to + s.bucket * s.stride AS until, s.cycle_sensor IS NOT NULL AS is_cycle
          FROM ml.window_state AS x JOIN ml.window_spec AS s ON s.model_id = x.model_id
          WHERE x.model_id = ANY (v_models) AND x.done_to IS NOT NULL) AS n
    WHERE t.model_id = n.model_id;

    RETURN QUERY
    SELECT (row_number() OVER (ORDER BY b.until, b.model_id) - 1)::integer, m.equipment_id, m.power, m.model_version,
           CASE WHEN EXISTS (SELECT FROM ml.serving AS v WHERE v.equipment_id = m.equipment_id AND v.power = m.power
                             AND v.serving_version = m.model_version) THEN 'champion' ELSE 'challenger' END,
           NULL::text, NULL::text, to_json(b.until) #>> '{}', b.features, b.model_id, b.filled
    FROM unnest(v_built.model_id, v_built.until, v_built.features, v_built.filled, v_built.problem)
        AS b (model_id, until, features, filled, problem)
    JOIN ml.serve_ml_models AS m ON m.id = b.model_id
    WHERE b.problem IS NULL
    ORDER BY b.until, b.model_id;
END
$$;
COMMENT ON FUNCTION ml.claim_windows(integer) IS
    'Windows of stored data that are due and complete, oldest first, for the bundles that answer for their machine or '
    'stand beside as challenger (stage): one whose last bucket ended the setting ml.window_grace ago. Until the '
    'transaction ends no other process gets any of the same bundle. thin scores them, stores what they say, and tells '
    'ml.finish_windows in the same transaction. What is missing is waited for (setting ml.window_wait), then counted '
    '(ml.window_outcome: incomplete). time is the end of the window. error_code is always NULL: the columns begin as '
    'those of ml.resolve_models do.';
REVOKE ALL ON FUNCTION ml.claim_windows(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ml.claim_windows(integer) TO thin;
