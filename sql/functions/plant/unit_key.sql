CREATE OR REPLACE FUNCTION plant.unit_key(spelling text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN translate(normalize(translate(spelling, 'º˚', '°°'), NFKC), '·⋅∙•*×−–‐μ^ ' || E'\t\r\n', '......---u');
COMMENT ON FUNCTION plant.unit_key(text) IS
    'A unit''s spelling without what only looks different: no blanks, digits on the line (m/s² is m/s2, as m/s^2 is), one dot (N·m is N.m), one minus (s⁻¹ is s-1), ㎜ as mm, ℃ as °C, µ as u. Case stays.';
REVOKE ALL ON FUNCTION plant.unit_key(text) FROM PUBLIC;
