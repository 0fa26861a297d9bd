DROP TABLE recordings;
DROP TABLE recording_segments;
DROP TABLE recording_tracks;
DROP TABLE recording_takes;
DROP INDEX rooms_to_join;
ALTER TABLE rooms DROP COLUMN recorded_at;
ALTER TABLE rooms DROP COLUMN record;
