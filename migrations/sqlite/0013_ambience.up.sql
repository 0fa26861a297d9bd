-- What a room's place sounds like, as a word of the API; without one nothing is heard of it.
ALTER TABLE rooms ADD COLUMN ambience TEXT;
