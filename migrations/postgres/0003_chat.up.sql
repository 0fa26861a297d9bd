-- What a room of the group chat adds to its row in `rooms`.
CREATE TABLE chat_rooms (
    room_id TEXT PRIMARY KEY REFERENCES rooms (id),
    project_id TEXT NOT NULL REFERENCES projects (id),
    description TEXT,
    is_public BOOLEAN NOT NULL,
    updated_at BIGINT NOT NULL,
    last_message_at BIGINT,
    -- The last message's time, without one the room's: what lists are sorted by.
    active_at BIGINT NOT NULL
);
CREATE INDEX chat_rooms_public ON chat_rooms (project_id, active_at) WHERE is_public;

CREATE TABLE chat_members (
    seq BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    room_id TEXT NOT NULL REFERENCES chat_rooms (room_id),
    user_id TEXT NOT NULL REFERENCES users (id),
    role TEXT NOT NULL CHECK (role IN ('owner', 'admin', 'member')),
    joined_at BIGINT NOT NULL,
    UNIQUE (room_id, user_id)
);
CREATE UNIQUE INDEX chat_owner ON chat_members (room_id) WHERE role = 'owner';
CREATE INDEX chat_rooms_of_user ON chat_members (user_id);
