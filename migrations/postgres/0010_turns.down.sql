ALTER TABLE entries DROP COLUMN stages;
ALTER TABLE entries DROP COLUMN trace_id;
