-- The trace of the turn that an entry of a character holds.
ALTER TABLE entries ADD COLUMN trace_id TEXT;
-- When the turn's stages were reached: JSON.
ALTER TABLE entries ADD COLUMN stages TEXT;
