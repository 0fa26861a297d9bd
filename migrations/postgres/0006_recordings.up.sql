-- Whether everyone in the room is recorded, and when its segments were joined to files.
ALTER TABLE rooms ADD COLUMN record BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE rooms ADD COLUMN recorded_at BIGINT;
CREATE INDEX rooms_to_join ON rooms (ended_at)
    WHERE record AND ended_at IS NOT NULL AND recorded_at IS NULL;

-- What the holder of one epoch recorded; `finished_at` once it has handed in everything.
CREATE TABLE recording_takes (
    room_id TEXT NOT NULL REFERENCES rooms (id),
    epoch BIGINT NOT NULL,
    finished_at BIGINT,
    PRIMARY KEY (room_id, epoch)
);

-- `body` is the track as the worker told it, as JSON.
CREATE TABLE recording_tracks (
    room_id TEXT NOT NULL REFERENCES rooms (id),
    epoch BIGINT NOT NULL,
    track BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (room_id, epoch, track)
);

-- The segment's file is in the folder of recordings. The rows go when the files are joined.
CREATE TABLE recording_segments (
    room_id TEXT NOT NULL REFERENCES rooms (id),
    epoch BIGINT NOT NULL,
    track BIGINT NOT NULL,
    sequence BIGINT NOT NULL,
    start_ms BIGINT NOT NULL,
    packets BIGINT NOT NULL,
    blake3 BYTEA NOT NULL,
    PRIMARY KEY (room_id, epoch, track, sequence)
);

CREATE TABLE recordings (
    seq BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    room_id TEXT NOT NULL REFERENCES rooms (id),
    kind TEXT NOT NULL CHECK (kind IN ('participant', 'mix')),
    identity TEXT,
    name TEXT,
    character_id TEXT,
    -- Empty when it is whole.
    reason TEXT,
    packets BIGINT NOT NULL,
    size_bytes BIGINT NOT NULL,
    started_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX recordings_of_room ON recordings (room_id, seq);
CREATE INDEX recordings_by_age ON recordings (created_at);
