-- Who sends which report where is an administrator's, as channels are.
GRANT INSERT, UPDATE, DELETE ON report.schedule TO admin;
