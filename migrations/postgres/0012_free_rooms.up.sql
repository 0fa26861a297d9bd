-- Rooms that nobody plays: what every worker that waits looks for, and never more than a few.
CREATE INDEX rooms_free ON rooms (started_at, seq)
WHERE worker_id IS NULL AND started_at IS NOT NULL AND ended_at IS NULL;
