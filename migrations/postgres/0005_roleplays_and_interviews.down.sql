DROP INDEX rooms_of_surface;
DROP INDEX rooms_unused;
DROP TABLE interviews;
DROP TABLE roleplays;
DROP TABLE prepared;
