-- What parameters.sql of a rule may use. A plant's administrator disables what it does not want and adds what it misses.
INSERT INTO alarm.allowed_type (type, from_text) VALUES
    ('boolean', true), ('smallint', true), ('integer', true), ('bigint', true), ('real', true), ('double precision', true),
    ('numeric', false), ('text', true), ('character varying', true), ('timestamp with time zone', false), ('timestamp without time zone', false),
    ('date', false), ('time without time zone', false), ('interval', true), ('jsonb', false), ('unknown', false)
ON CONFLICT (type) DO NOTHING;

INSERT INTO alarm.allowed_routine (kind, name)
SELECT 'operator', 'pg_catalog.' || n
FROM unnest(string_to_array(
    -- arithmetic, bits of status words, comparison, patterns, members of jsonb
    '+ - * / % @ & | # << >> = <> < <= > >= ~~ !~~ ~~* !~~* -> ->> #> #>> ? @>', ' ')) AS n
UNION ALL
SELECT 'function', 'pg_catalog.' || n
FROM unnest(string_to_array(
    -- mathematics
    'abs sign round trunc ceil ceiling floor isfinite bit_count '
    -- casts
    'bool int2 int4 int8 float4 float8 text varchar timestamptz timestamp date time interval '
    -- time
    'now date_part extract date_trunc date_bin age timezone make_interval make_date justify_interval justify_hours justify_days in_range '
    -- texts, none longer than what is there
    'length char_length octet_length lower upper left right substr btrim ltrim rtrim strpos position starts_with split_part '
    -- members of jsonb
    'jsonb_typeof jsonb_array_length '
    -- aggregates
    'sum avg min max stddev stddev_pop stddev_samp variance var_pop var_samp corr covar_pop covar_samp regr_slope regr_intercept regr_r2 '
    'regr_count regr_avgx regr_avgy regr_sxx regr_sxy regr_syy bool_and bool_or every bit_and bit_or bit_xor '
    -- windows
    'row_number rank dense_rank percent_rank cume_dist ntile', ' ')) AS n
UNION ALL
SELECT 'function', 'public.' || n FROM unnest(string_to_array('time_bucket', ' ')) AS n
ON CONFLICT (kind, name, arguments) DO NOTHING;

-- of one signature: for floating point only, because a numeric result has as many digits as it likes …
INSERT INTO alarm.allowed_routine (kind, name, arguments)
SELECT 'function', 'pg_catalog.' || n, 'double precision'
FROM unnest(string_to_array('sqrt cbrt exp ln log log10 degrees radians sin cos tan cot asin acos atan sinh cosh tanh asinh acosh atanh', ' ')) AS n
UNION ALL
SELECT 'function', 'pg_catalog.' || n, 'double precision, double precision' FROM unnest('{power,pow,atan2}'::text[]) AS n
UNION ALL
VALUES
    ('operator', 'pg_catalog.^', 'double precision, double precision'), ('operator', 'pg_catalog.|/', 'double precision'),
    ('function', 'pg_catalog.pi', ''), ('function', 'pg_catalog.mod', 'integer, integer'), ('function', 'pg_catalog.mod', 'bigint, bigint'),
    ('function', 'pg_catalog.gcd', 'integer, integer'), ('function', 'pg_catalog.gcd', 'bigint, bigint'),
    ('function', 'pg_catalog.lcm', 'integer, integer'), ('function', 'pg_catalog.lcm', 'bigint, bigint'),
    ('function', 'pg_catalog.width_bucket', 'double precision, double precision, double precision, integer'),
    ('function', 'pg_catalog.div', 'numeric, numeric'),
    ('function', 'pg_catalog.numeric', 'smallint'), ('function', 'pg_catalog.numeric', 'integer'), ('function', 'pg_catalog.numeric', 'bigint'),
    ('function', 'pg_catalog.numeric', 'real'), ('function', 'pg_catalog.numeric', 'double precision'),
    ('function', 'pg_catalog.numeric', 'numeric, integer'), ('function', 'pg_catalog.to_timestamp', 'double precision'),
    -- … and of types that stand for any
    ('function', 'pg_catalog.substring', 'text, integer'), ('function', 'pg_catalog.substring', 'text, integer, integer'),
    ('function', 'pg_catalog.count', ''), ('function', 'pg_catalog.count', '"any"'),
    ('function', 'pg_catalog.percentile_cont', 'double precision, double precision'), ('function', 'pg_catalog.percentile_disc', 'double precision, anyelement'),
    ('function', 'pg_catalog.mode', 'anyelement'),
    ('function', 'pg_catalog.first_value', 'anyelement'), ('function', 'pg_catalog.last_value', 'anyelement'),
    ('function', 'pg_catalog.nth_value', 'anyelement, integer'),
    ('function', 'pg_catalog.lag', 'anyelement'), ('function', 'pg_catalog.lag', 'anyelement, integer'),
    ('function', 'pg_catalog.lag', 'anycompatible, integer, anycompatible'),
    ('function', 'pg_catalog.lead', 'anyelement'), ('function', 'pg_catalog.lead', 'anyelement, integer'),
    ('function', 'pg_catalog.lead', 'anycompatible, integer, anycompatible'),
    ('function', 'public.first', 'anyelement, "any"'), ('function', 'public.last', 'anyelement, "any"'),
    ('function', 'pg_catalog.unnest', 'anyarray'), ('function', 'pg_catalog.cardinality', 'anyarray'),
    ('function', 'pg_catalog.array_length', 'anyarray, integer'),
    ('operator', 'pg_catalog.=', 'anyarray, anyarray'), ('operator', 'pg_catalog.<>', 'anyarray, anyarray'),
    ('operator', 'pg_catalog.@>', 'anyarray, anyarray'), ('operator', 'pg_catalog.<@', 'anyarray, anyarray'),
    ('operator', 'pg_catalog.&&', 'anyarray, anyarray')
ON CONFLICT (kind, name, arguments) DO NOTHING;

-- a product of two numerics has the digits of both: few times, and it stays short
INSERT INTO alarm.allowed_routine (kind, name, arguments, at_most)
SELECT 'operator', 'pg_catalog.' || n, 'numeric, numeric', 4 FROM unnest('{*,/,%}'::text[]) AS n
ON CONFLICT (kind, name, arguments) DO NOTHING;

-- A zone that a text names stays in the session's memory: constants only (alarm.check_tree), and few.
INSERT INTO alarm.allowed_routine (kind, name, arguments, at_most)
SELECT 'function', 'pg_catalog.timezone', 'text, ' || t, 4 FROM unnest('{timestamp with time zone,timestamp without time zone}'::text[]) AS t
ON CONFLICT (kind, name, arguments) DO NOTHING;
INSERT INTO alarm.allowed_routine (kind, name, arguments, enabled)
VALUES ('function', 'pg_catalog.date_trunc', 'text, timestamp with time zone, text', false),
    ('function', 'public.time_bucket', 'interval, timestamp with time zone, text, timestamp with time zone, interval', false)
ON CONFLICT (kind, name, arguments) DO NOTHING;
