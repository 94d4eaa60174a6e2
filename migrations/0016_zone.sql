-- What an earlier seed allowed: a text that becomes a time may name a zone, and the server keeps each for as long as the session lives.
UPDATE alarm.allowed_type SET from_text = false
WHERE type IN ('timestamp with time zone', 'timestamp without time zone', 'date', 'time without time zone');
COMMENT ON COLUMN alarm.allowed_type.from_text IS 'Whether it may be made of a text at run time: (sensors ->> ''x'')::float8. A text may say much more than it is long, so not numeric (1e131071); one that names a time zone stays in the server''s memory, so no times.';
