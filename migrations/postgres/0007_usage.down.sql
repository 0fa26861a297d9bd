DROP INDEX rooms_played;
