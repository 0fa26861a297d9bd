-- Who may use a project's pages: a link that opens once, and the token that it is exchanged for.
CREATE TABLE page_passes (
    id TEXT PRIMARY KEY,
    project_id TEXT NOT NULL REFERENCES projects (id),
    link_hash BYTEA NOT NULL,
    link_expires_at BIGINT NOT NULL,
    token_hash BYTEA,
    expires_at BIGINT
);
