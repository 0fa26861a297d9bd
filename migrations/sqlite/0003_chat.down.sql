-- Rooms of the group chat can't be without these tables.
CREATE TEMPORARY TABLE chat_room_ids AS SELECT room_id FROM chat_rooms;
DROP TABLE chat_members;
DROP TABLE chat_rooms;
DELETE FROM entries WHERE room_id IN (SELECT room_id FROM chat_room_ids);
DELETE FROM participants WHERE room_id IN (SELECT room_id FROM chat_room_ids);
DELETE FROM rooms WHERE id IN (SELECT room_id FROM chat_room_ids);
DROP TABLE chat_room_ids;
