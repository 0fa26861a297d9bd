-- What LiveKit tells names its rooms, not ours.
CREATE UNIQUE INDEX rooms_by_livekit_room ON rooms (livekit_room);

-- Events that LiveKit told, by its own ids: it may tell one twice.
CREATE TABLE livekit_events (
    id TEXT PRIMARY KEY,
    told_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX livekit_events_by_age ON livekit_events (told_at);

-- Played rooms whose LiveKit room was seen without anybody, or not at all.
CREATE TABLE livekit_watch (
    room_id TEXT PRIMARY KEY REFERENCES rooms (id) ON DELETE CASCADE,
    nobody_since INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- `events` are names with a space between them. A webhook with a `disabled_reason` is told nothing.
CREATE TABLE webhooks (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    project_id TEXT NOT NULL REFERENCES projects (id),
    url TEXT NOT NULL,
    description TEXT,
    events TEXT NOT NULL,
    sealed_secret BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    disabled_reason TEXT,
    failing_since INTEGER
) STRICT;
CREATE INDEX webhooks_of_project ON webhooks (project_id, seq);

-- The outbox: written by the transaction that made it true. `body` is what is sent.
CREATE TABLE webhook_events (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    project_id TEXT NOT NULL REFERENCES projects (id),
    kind TEXT NOT NULL,
    body TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX webhook_events_by_age ON webhook_events (created_at);

-- `next_at` of a delivery that was taken is the end of its lease.
CREATE TABLE webhook_deliveries (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    webhook_id TEXT NOT NULL REFERENCES webhooks (id) ON DELETE CASCADE,
    event_id TEXT NOT NULL REFERENCES webhook_events (id) ON DELETE CASCADE,
    status TEXT NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'delivered', 'failed')),
    attempts INTEGER NOT NULL DEFAULT 0,
    next_at INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    last_at INTEGER,
    response_status INTEGER,
    error TEXT,
    duration_ms INTEGER
) STRICT;
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (next_at) WHERE status = 'pending';
CREATE INDEX webhook_deliveries_of_webhook ON webhook_deliveries (webhook_id, seq);
CREATE INDEX webhook_deliveries_of_event ON webhook_deliveries (event_id);
