-- Days after which a project's recordings are removed; without a number the server's own holds.
ALTER TABLE projects ADD COLUMN recording_retention_days INTEGER;
