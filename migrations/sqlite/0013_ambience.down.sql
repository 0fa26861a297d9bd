ALTER TABLE rooms DROP COLUMN ambience;
