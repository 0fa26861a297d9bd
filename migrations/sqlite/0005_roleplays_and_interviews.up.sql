-- Premade role-plays and research projects of a project; `body` is JSON.
CREATE TABLE prepared (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    project_id TEXT NOT NULL REFERENCES projects (id),
    kind TEXT NOT NULL CHECK (kind IN ('roleplay', 'research')),
    body TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX prepared_of_project ON prepared (project_id, kind, seq);

-- `premade` is the premade role-play as it was when the room was made.
CREATE TABLE roleplays (
    room_id TEXT PRIMARY KEY REFERENCES rooms (id),
    user_id TEXT NOT NULL REFERENCES users (id),
    user_name TEXT NOT NULL,
    premade TEXT NOT NULL,
    max_duration_s INTEGER NOT NULL,
    report TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX roleplays_of_user ON roleplays (user_id);

-- `research_project` is the project as it was when the room was made. The respondent's token is kept hashed.
CREATE TABLE interviews (
    room_id TEXT PRIMARY KEY REFERENCES rooms (id),
    research_project_id TEXT NOT NULL,
    research_project TEXT NOT NULL,
    token_hash BLOB NOT NULL UNIQUE,
    created_by TEXT NOT NULL,
    max_duration_s INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    voice TEXT,
    realtime_provider TEXT,
    language TEXT,
    topics_for_respondent TEXT,
    respondent_email TEXT,
    research_goals_override TEXT,
    interview_guide_override TEXT,
    report TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX interviews_of_research_project ON interviews (research_project_id);
CREATE INDEX rooms_unused ON rooms (surface) WHERE started_at IS NULL AND ended_at IS NULL;
CREATE INDEX rooms_of_surface ON rooms (project_id, surface, seq);
