-- A channel also believes how bad an alarm is: what changed while it was away is told when it is back.
ALTER TABLE alarm.told ADD COLUMN severity text REFERENCES alarm.severity ON UPDATE CASCADE ON DELETE SET NULL;
COMMENT ON COLUMN alarm.told.severity IS 'As bad as it was last told to be; NULL: not known, told before this was noted.';
