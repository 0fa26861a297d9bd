DROP TABLE deployment;
ALTER TABLE users DROP COLUMN team_id;
ALTER TABLE users DROP COLUMN name;
DROP TABLE teams;
DROP INDEX rooms_of_project;
ALTER TABLE rooms DROP COLUMN surface;
CREATE INDEX rooms_of_project ON rooms (project_id, seq) WHERE ended_at IS NULL;
