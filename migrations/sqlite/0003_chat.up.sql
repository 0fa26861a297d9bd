-- What a room of the group chat adds to its row in `rooms`.
CREATE TABLE chat_rooms (
    room_id TEXT PRIMARY KEY REFERENCES rooms (id),
    project_id TEXT NOT NULL REFERENCES projects (id),
    description TEXT,
    is_public INTEGER NOT NULL CHECK (is_public IN (0, 1)),
    updated_at INTEGER NOT NULL,
    last_message_at INTEGER,
    -- The last message's time, without one the room's: what lists are sorted by.
    active_at INTEGER NOT NULL
) STRICT;
CREATE INDEX chat_rooms_public ON chat_rooms (project_id, active_at) WHERE is_public = 1;

CREATE TABLE chat_members (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    room_id TEXT NOT NULL REFERENCES chat_rooms (room_id),
    user_id TEXT NOT NULL REFERENCES users (id),
    role TEXT NOT NULL CHECK (role IN ('owner', 'admin', 'member')),
    joined_at INTEGER NOT NULL,
    UNIQUE (room_id, user_id)
) STRICT;
CREATE UNIQUE INDEX chat_owner ON chat_members (room_id) WHERE role = 'owner';
CREATE INDEX chat_rooms_of_user ON chat_members (user_id);
