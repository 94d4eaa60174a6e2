-- Prints the report that the variable report names; the other files here set it. What is not set has its default:
--   \set format    text, csv or html                              (text)
--   \set machine   id of one machine                              (all)
--   \set from      2026-11-28, '2026-11-28 14:00' (in zone)        (the report's own time:
--   \set to        or 2026-11-28T14:00+09:00                        docs/reports.md)
--   \set period    '7 days', '12 hours': up to to, or after from
--   \set zone      Asia/Seoul                                     (the setting plant.time_zone)
--   \set language  en, ko                                         (en)
--   \set section   one section alone, such as shift_alarms        (all of the report)
-- It stays set in the session: \unset takes it back.
\if :{?format}
\else
    \set format ''
\endif
\if :{?machine}
\else
    \set machine ''
\endif
\if :{?from}
\else
    \set from ''
\endif
\if :{?to}
\else
    \set to ''
\endif
\if :{?period}
\else
    \set period ''
\endif
\if :{?zone}
\else
    \set zone ''
\endif
\if :{?language}
\else
    \set language ''
\endif
\if :{?section}
\else
    \set section ''
\endif
SELECT rtrim(report.print(:'report', :'format', :'machine', :'from', :'to', :'period', :'zone', :'language', :'section'), E'\n')
\g (format=unaligned tuples_only=on)
