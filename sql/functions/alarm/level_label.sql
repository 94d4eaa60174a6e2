CREATE OR REPLACE FUNCTION alarm.level_label(level text, language text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN language = 'ko' THEN
    CASE level WHEN 'high' THEN '상한' WHEN 'high_high' THEN '상상한' WHEN 'low' THEN '하한' WHEN 'low_low' THEN '하하한'
               WHEN 'inside' THEN '금지 구간' ELSE level END
    ELSE replace(level, '_', ' ') END;
COMMENT ON FUNCTION alarm.level_label(text, text) IS 'Name of a limit (high, low_low …) in a language (ko, else English).';
REVOKE ALL ON FUNCTION alarm.level_label(text, text) FROM PUBLIC;
