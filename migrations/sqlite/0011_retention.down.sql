ALTER TABLE projects DROP COLUMN recording_retention_days;
