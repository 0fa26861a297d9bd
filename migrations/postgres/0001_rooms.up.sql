-- Times are milliseconds since 1970 UTC. `seq` gives lists an order that equal times can't disturb.
CREATE TABLE projects (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    created_at BIGINT NOT NULL
);

CREATE TABLE users (
    id TEXT PRIMARY KEY,
    project_id TEXT NOT NULL REFERENCES projects (id),
    external_id TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    UNIQUE (project_id, external_id)
);

-- A worker key belongs to the deployment, so it has no project.
CREATE TABLE keys (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('secret', 'user', 'worker')),
    project_id TEXT REFERENCES projects (id),
    user_id TEXT REFERENCES users (id),
    hash BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    revoked_at BIGINT
);

-- `body` is the character as JSON. A deleted one stays for the rooms that it is in.
CREATE TABLE characters (
    seq BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    project_id TEXT NOT NULL REFERENCES projects (id),
    body TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    deleted_at BIGINT
);
CREATE INDEX characters_of_project ON characters (project_id, seq) WHERE deleted_at IS NULL;

CREATE TABLE rooms (
    seq BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    project_id TEXT NOT NULL REFERENCES projects (id),
    name TEXT NOT NULL,
    mode TEXT NOT NULL CHECK (mode IN ('freeform', 'scripted')),
    scene_prompt TEXT,
    created_at BIGINT NOT NULL,
    started_at BIGINT,
    ended_at BIGINT,
    end_reason TEXT,
    livekit_room TEXT NOT NULL,
    -- Whether a LiveKit room of this name may exist; cleared once it is known to be deleted.
    livekit_open BOOLEAN NOT NULL DEFAULT FALSE,
    -- The lease: the holder lives as long as its row in `workers` says.
    epoch BIGINT NOT NULL DEFAULT 0,
    worker_id TEXT,
    claimed_at BIGINT NOT NULL DEFAULT 0,
    claimable_at BIGINT NOT NULL DEFAULT 0,
    failures BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX rooms_of_project ON rooms (project_id, seq) WHERE ended_at IS NULL;
CREATE INDEX rooms_to_play ON rooms (started_at) WHERE started_at IS NOT NULL AND ended_at IS NULL;
CREATE INDEX rooms_of_worker ON rooms (worker_id) WHERE worker_id IS NOT NULL;
CREATE INDEX rooms_to_close ON rooms (ended_at) WHERE ended_at IS NOT NULL AND livekit_open;

CREATE TABLE participants (
    seq BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    room_id TEXT NOT NULL REFERENCES rooms (id),
    character_id TEXT NOT NULL,
    conversation_id TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    left_at BIGINT
);
CREATE INDEX participants_of_room ON participants (room_id, seq);
CREATE UNIQUE INDEX participants_present ON participants (room_id, character_id) WHERE left_at IS NULL;

CREATE TABLE entries (
    seq BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    room_id TEXT NOT NULL REFERENCES rooms (id),
    created_at BIGINT NOT NULL,
    epoch BIGINT NOT NULL,
    sequence BIGINT NOT NULL,
    speaker_type TEXT NOT NULL CHECK (speaker_type IN ('user', 'agent')),
    character_id TEXT,
    speaker_identity TEXT,
    speaker_name TEXT,
    content TEXT NOT NULL,
    UNIQUE (room_id, epoch, sequence)
);
CREATE INDEX entries_of_room ON entries (room_id, seq);

CREATE TABLE workers (
    id TEXT PRIMARY KEY,
    lease_until BIGINT NOT NULL,
    draining BOOLEAN NOT NULL DEFAULT FALSE
);

-- Every claim ever granted: answers a repeated request and a repeated release.
CREATE TABLE claims (
    room_id TEXT NOT NULL REFERENCES rooms (id),
    epoch BIGINT NOT NULL,
    worker_id TEXT NOT NULL,
    request_id TEXT NOT NULL,
    claimed_at BIGINT NOT NULL,
    released_at BIGINT,
    reason TEXT,
    detail TEXT,
    PRIMARY KEY (room_id, epoch)
);
CREATE INDEX claims_of_request ON claims (worker_id, request_id);

CREATE TABLE changes (
    seq BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    worker_id TEXT NOT NULL,
    room_id TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('participant_added', 'participant_removed', 'room_ended')),
    participant_id TEXT,
    created_at BIGINT NOT NULL
);
CREATE INDEX changes_of_worker ON changes (worker_id, seq);

-- Answers kept for a repeated `Idempotency-Key`, sealed under the server's secret.
CREATE TABLE answers (
    scope TEXT NOT NULL,
    key_hash BYTEA NOT NULL,
    body_hash BYTEA NOT NULL,
    status BIGINT NOT NULL,
    sealed BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (scope, key_hash)
);
CREATE INDEX answers_by_age ON answers (created_at);
