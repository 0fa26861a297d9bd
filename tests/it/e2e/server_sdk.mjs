// What LiveKit's server SDK for Node says of a token and of the server's rooms: one JSON object.
//
// server_sdk.mjs URL KEY SECRET TOKEN ROOM

import { createRequire } from "node:module";

const { RoomServiceClient, TokenVerifier } = createRequire(`${process.env.PACKAGES}/`)("livekit-server-sdk");
const [url, key, secret, token, room] = process.argv.slice(2);
const service = new RoomServiceClient(url.replace(/^ws/, "http"), key, secret);
const claims = await new TokenVerifier(key, secret).verify(token);
const rooms = (await service.listRooms()).map(({ name }) => name);
const participants = (await service.listParticipants(room)).map(({ identity, name }) => ({ identity, name }));
console.log(JSON.stringify({ claims, rooms, participants }));
