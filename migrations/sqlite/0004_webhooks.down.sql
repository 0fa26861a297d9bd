DROP TABLE webhook_deliveries;
DROP TABLE webhook_events;
DROP TABLE webhooks;
DROP TABLE livekit_watch;
DROP TABLE livekit_events;
DROP INDEX rooms_by_livekit_room;
