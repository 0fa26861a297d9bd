"""What generated requests can't know: ids that exist, cursors that were given, how long to wait.

Only requests that are meant to be right are changed, and only into other right ones; of those that are meant to be
wrong none becomes right.
"""

import random
import re
from urllib.parse import parse_qs, urlsplit

import ogg
import schemathesis
from blake3 import blake3
from hypothesis import strategies
from schemathesis import GenerationMode
from schemathesis.generation.meta import TestPhase

# Ids seen in answers, newest last, by the parameter or field that takes them.
SEEN = {"characterId": ["ada", "bruno"]}
# Where ids of each beginning are taken.
PREFIXES = {
    "room_": ("roomId", "room_id"),
    "character_": ("characterId",),
    "wh_": ("webhookId",),
    "usr_": ("user_id",),
    "user_": ("user_id",),
}
# And those of an answer's field, on paths of this beginning.
FIELDS = {
    ("/api/roleplay/create-room", "roleplayId"): "roleplayId",
    ("/api/roleplay/premade-roleplays", "id"): "premadeRoleplayId",
    ("/custdev/api/projects", "id"): "project_id",
    ("/custdev/api/interviews", "id"): "interviewId",
}
KEPT = 50
PREPARING = ("/api/roleplay/premade-roleplays", "/custdev/api/projects")
# Rooms that are over: only their event streams end by themselves.
ENDED = []
# Cursors by the path of their list.
CURSORS = {}
# Longest long poll, ms.
WAIT_MS = 5
# Nobody listens there, and says so at once.
HOOK = "https://127.0.0.1:9/troupe"
TOOLS = [
    {"kind": "http", "name": "weather", "description": "The weather.", "url": "https://api.example.com/weather"},
    {"kind": "mcp", "name": "desk", "url": "https://desk.example.com/mcp"},
]
LIVE_NAME = re.compile(r"[A-Za-z0-9._:-]{1,128}")
BUILT_IN = ["ada", "bruno"]

OGG = "audio/ogg"
schemathesis.openapi.media_type(OGG, strategies.sampled_from([ogg.segment(packets) for packets in (1, 5, 50)]))


@schemathesis.serializer(OGG)
def as_it_is(context, value):
    return value


def is_right(case):
    return case.meta is None or case.meta.generation.mode == GenerationMode.POSITIVE


def in_scenario(case):
    return case.meta is not None and case.meta.phase.name == TestPhase.STATEFUL


def keep(pool, value):
    if value not in pool:
        pool.append(value)
        del pool[:-KEPT]


@schemathesis.hook
def before_call(context, case, kwargs):
    shorten_wait(case.body)
    if not is_right(case):
        return
    path, parameters = case.operation.path, case.path_parameters or {}
    headers = case.headers or {}
    if path.startswith("/chat/"):
        act_for_somebody(case)
    pools = {**SEEN, "roomId": ENDED} if path.endswith("/events") else SEEN
    for name, value in parameters.items():
        pool = pools.get(name)
        # A scenario's ids came from answers: they are where its requests are about to go.
        if pool and not in_scenario(case) and random.random() < 0.7:
            parameters[name] = random.choice(pool)
    if path.startswith("/live/") and not LIVE_NAME.fullmatch(str(parameters.get("name", "a"))):
        # A scenario hands on the name of something else.
        parameters["name"] = "square"
    query = case.query or {}
    if "after" in query:
        # A cursor that was made up is a 422, as it should be.
        cursors = CURSORS.get(case.formatted_path)
        if cursors:
            query["after"] = random.choice(cursors)
        else:
            del query["after"]
    if isinstance(case.body, bytes) and "blake3" in query:
        query["blake3"] = blake3(case.body).hexdigest()
    for name in list(headers):
        if name.lower() == "last-event-id":
            del headers[name]
        elif name.lower() == "idempotency-key" and in_scenario(case):
            # A key that was used before answers an object of before, which may be gone by now.
            headers[name] = f"{random.getrandbits(64):x}"
    if isinstance(case.body, dict):
        complete_body(path, case.body, in_scenario(case))


def act_for_somebody(case):
    """Whom a key of kind `secret` acts for: that it depends on the key is beyond a schema."""
    given = [name for name in case.headers if name.lower() == "troupe-user"]
    if in_scenario(case):
        # A room is there for those who are in it: a scenario is one user's.
        for name in given:
            del case.headers[name]
        case.headers["Troupe-User"] = "user-1"
    elif not given:
        case.headers["Troupe-User"] = f"user-{random.randint(1, 3)}"


def shorten_wait(body):
    """A long poll within its bounds stays within them."""
    wait = body.get("waitMs") if isinstance(body, dict) else None
    if isinstance(wait, (int, float)) and not isinstance(wait, bool) and WAIT_MS < wait <= 30_000 and wait == int(wait):
        body["waitMs"] = type(wait)(WAIT_MS)


def complete_body(path, body, in_a_scenario):
    if path.startswith("/v1/characters") and isinstance(body.get("tools"), list):
        # That names differ and where a URL may lead is beyond a schema.
        body["tools"] = TOOLS[: len(body["tools"])]
    for name in ("characterId", "character_id", "replr_id"):
        # Where a character is prepared, one that does not exist is a fault of the request.
        if body.get(name) and path in PREPARING:
            body[name] = random.choice(BUILT_IN)
        elif body.get(name) and random.random() < 0.7:
            body[name] = random.choice(SEEN["characterId"])
    for name in ("premadeRoleplayId", "project_id", "user_id"):
        # What a scenario adds it goes on with, so that must be there.
        if body.get(name) and SEEN.get(name) and (in_a_scenario or random.random() < 0.7):
            body[name] = random.choice(SEEN[name])
    if body.get("replr_ids"):
        body["replr_ids"] = ["ada"]
    if "recordVideo" in body:
        # No LiveKit Egress is configured here.
        body["recordVideo"] = False
    if body.get("url"):
        body["url"] = HOOK
    # That sequences rise is beyond a schema.
    if isinstance(body.get("entries"), list):
        for number, entry in enumerate(body["entries"], start=1):
            entry["sequence"] = number


@schemathesis.hook
def after_call(context, case, response):
    if not 200 <= response.status_code < 300:
        return
    for link in response.headers.get("link", []):
        url = urlsplit(link.strip("<").split(">")[0])
        for cursor in parse_qs(url.query).get("after", []):
            keep(CURSORS.setdefault(url.path, []), cursor)
    try:
        body = response.json()
    except Exception:
        return
    learn(case.operation.path, body)


def learn(path, item):
    if isinstance(item, list):
        for part in item:
            learn(path, part)
    if not isinstance(item, dict):
        return
    for field, value in item.items():
        learn(path, value)
        if not isinstance(value, str):
            continue
        for (beginning, of), name in FIELDS.items():
            if of == field and path.startswith(beginning):
                keep(SEEN.setdefault(name, []), value)
        for prefix, names in PREFIXES.items():
            if value.startswith(prefix):
                for name in names:
                    keep(SEEN.setdefault(name, []), value)
    if item.get("endedAt") and isinstance(item.get("id"), str):
        keep(ENDED, item["id"])
