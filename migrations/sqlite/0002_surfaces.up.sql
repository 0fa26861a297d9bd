-- Every surface's room is a row of `rooms` and has its timeline in `entries`; what else a surface keeps is in
-- tables of its own.
ALTER TABLE rooms ADD COLUMN surface TEXT NOT NULL DEFAULT 'voice'
    CHECK (surface IN ('voice', 'chat', 'roleplay', 'interview'));
DROP INDEX rooms_of_project;
CREATE INDEX rooms_of_project ON rooms (project_id, surface, seq) WHERE ended_at IS NULL;

CREATE TABLE teams (
    id TEXT PRIMARY KEY,
    project_id TEXT NOT NULL REFERENCES projects (id),
    name TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    UNIQUE (project_id, name)
) STRICT;

ALTER TABLE users ADD COLUMN name TEXT;
ALTER TABLE users ADD COLUMN team_id TEXT REFERENCES teams (id);

-- Names this database for as long as its data lives, backups included.
CREATE TABLE deployment (
    id TEXT PRIMARY KEY
) STRICT;
INSERT INTO deployment (id) VALUES (lower(hex(randomblob(16))));
