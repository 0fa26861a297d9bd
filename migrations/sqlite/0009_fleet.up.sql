-- What the holder of a room has under way, for whoever takes it over: JSON, fenced by the room's epoch.
ALTER TABLE rooms ADD COLUMN note TEXT;
-- The latest heartbeat that was heeded; one that was overtaken says nothing.
ALTER TABLE workers ADD COLUMN beat INTEGER NOT NULL DEFAULT 0;
-- An entry that came when its claim was over.
ALTER TABLE entries ADD COLUMN late INTEGER NOT NULL DEFAULT 0;
