"""What generated requests can't know: ids that exist, cursors that were given, how long to wait.

Only requests that are meant to be right are changed, and only into other right ones; of those that are meant to be
wrong none becomes right.
"""

import random
from urllib.parse import parse_qs, urlsplit

import schemathesis
from schemathesis import GenerationMode
from schemathesis.generation.meta import TestPhase

# Ids seen in answers, newest last, by the parameter that takes them.
SEEN = {"roomId": [], "characterId": ["ada", "bruno"]}
PREFIXES = {"room_": "roomId", "character_": "characterId"}
KEPT = 50
# Rooms that are over: only their event streams end by themselves.
ENDED = []
# Cursors by the path of their list.
CURSORS = {}
# Longest long poll, ms.
WAIT_MS = 5


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
    pools = {**SEEN, "roomId": ENDED} if path.endswith("/events") else SEEN
    for name, value in parameters.items():
        pool = pools.get(name)
        # An id that came from an answer is where this request is about to go.
        if pool and not str(value).startswith(tuple(PREFIXES)) and random.random() < 0.7:
            parameters[name] = random.choice(pool)
    query = case.query or {}
    if "after" in query:
        # A cursor that was made up is a 422, as it should be.
        cursors = CURSORS.get(case.formatted_path)
        if cursors:
            query["after"] = random.choice(cursors)
        else:
            del query["after"]
    headers = case.headers or {}
    for name in list(headers):
        if name.lower() == "last-event-id":
            del headers[name]
        elif name.lower() == "idempotency-key" and in_scenario(case):
            # A key that was used before answers an object of before, which may be gone by now.
            headers[name] = f"{random.getrandbits(64):x}"
    if isinstance(case.body, dict):
        complete_body(case.body)


def shorten_wait(body):
    """A long poll within its bounds stays within them."""
    wait = body.get("waitMs") if isinstance(body, dict) else None
    if isinstance(wait, (int, float)) and not isinstance(wait, bool) and WAIT_MS < wait <= 30_000 and wait == int(wait):
        body["waitMs"] = type(wait)(WAIT_MS)


def complete_body(body):
    if body.get("characterId") and random.random() < 0.7:
        body["characterId"] = random.choice(SEEN["characterId"])
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
    for item in body if isinstance(body, list) else [body]:
        learn(item)


def learn(item):
    if not isinstance(item, dict) or not isinstance(item.get("id"), str):
        return
    for prefix, name in PREFIXES.items():
        if item["id"].startswith(prefix):
            keep(SEEN[name], item["id"])
    if item.get("endedAt"):
        keep(ENDED, item["id"])
