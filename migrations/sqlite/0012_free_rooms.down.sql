DROP INDEX rooms_free;
