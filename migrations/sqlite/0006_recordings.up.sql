-- Whether everyone in the room is recorded, and when its segments were joined to files.
ALTER TABLE rooms ADD COLUMN record INTEGER NOT NULL DEFAULT 0;
ALTER TABLE rooms ADD COLUMN recorded_at INTEGER;
CREATE INDEX rooms_to_join ON rooms (ended_at)
    WHERE record = 1 AND ended_at IS NOT NULL AND recorded_at IS NULL;

-- What the holder of one epoch recorded; `finished_at` once it has handed in everything.
CREATE TABLE recording_takes (
    room_id TEXT NOT NULL REFERENCES rooms (id),
    epoch INTEGER NOT NULL,
    finished_at INTEGER,
    PRIMARY KEY (room_id, epoch)
) STRICT, WITHOUT ROWID;

-- `body` is the track as the worker told it, as JSON.
CREATE TABLE recording_tracks (
    room_id TEXT NOT NULL REFERENCES rooms (id),
    epoch INTEGER NOT NULL,
    track INTEGER NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (room_id, epoch, track)
) STRICT, WITHOUT ROWID;

-- The segment's file is in the folder of recordings. The rows go when the files are joined.
CREATE TABLE recording_segments (
    room_id TEXT NOT NULL REFERENCES rooms (id),
    epoch INTEGER NOT NULL,
    track INTEGER NOT NULL,
    sequence INTEGER NOT NULL,
    start_ms INTEGER NOT NULL,
    packets INTEGER NOT NULL,
    blake3 BLOB NOT NULL,
    PRIMARY KEY (room_id, epoch, track, sequence)
) STRICT, WITHOUT ROWID;

CREATE TABLE recordings (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    room_id TEXT NOT NULL REFERENCES rooms (id),
    kind TEXT NOT NULL CHECK (kind IN ('participant', 'mix')),
    identity TEXT,
    name TEXT,
    character_id TEXT,
    -- Empty when it is whole.
    reason TEXT,
    packets INTEGER NOT NULL,
    size_bytes INTEGER NOT NULL,
    started_at INTEGER NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX recordings_of_room ON recordings (room_id, seq);
CREATE INDEX recordings_by_age ON recordings (created_at);
