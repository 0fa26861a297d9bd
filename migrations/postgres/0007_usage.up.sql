-- What a project has going on, and had today, is counted over these rooms at every start.
CREATE INDEX rooms_played ON rooms (project_id, ended_at) WHERE started_at IS NOT NULL;
