"""What LiveKit's server SDK for Python says of a token and of the server's rooms: one JSON object.

server_sdk.py URL KEY SECRET TOKEN ROOM
"""

import asyncio
import json
import sys

from livekit import api


async def main(url, key, secret, token, room):
    claims = api.TokenVerifier(key, secret).verify(token)
    async with api.LiveKitAPI(url.replace("ws", "http", 1), key, secret) as livekit:
        rooms = await livekit.room.list_rooms(api.ListRoomsRequest())
        people = await livekit.room.list_participants(api.ListParticipantsRequest(room=room))
    video = {"room": claims.video.room, "roomJoin": claims.video.room_join}
    print(
        json.dumps(
            {
                "claims": {"sub": claims.identity, "name": claims.name, "video": video},
                "rooms": [known.name for known in rooms.rooms],
                "participants": [{"identity": p.identity, "name": p.name} for p in people.participants],
            }
        )
    )


asyncio.run(main(*sys.argv[1:]))
