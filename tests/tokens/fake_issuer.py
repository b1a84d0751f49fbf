#!/usr/bin/env python3
"""An issuer that a test commands: what Latchkey says to services that check alone, and what it would never say.

    fake_issuer.py ALGORITHM PORT

GET  /.well-known/jwks.json, /revocations   as Latchkey's
POST /token      a token of a new session: {"access_token", "sid"}
POST /end        ?sid=S   ends it, and tells the feed
POST /end-untold ?sid=S   ends it; the feed hears only of a gap
POST /mute       from now on every connection to /revocations is open and says nothing
POST /drop       ends every feed
POST /speak      takes that back
"""

import http.server
import json
import queue
import secrets
import sys
import threading
import time
import urllib.parse

from parts import Key

algorithm, port = sys.argv[1], int(sys.argv[2])
origin = f"http://127.0.0.1:{port}"
key, kid = Key(algorithm), "the-fake-one"
lock = threading.Lock()
ended, feeds = [], []  # ended: (number, {"sid", "exp"}, or {} for one that is not told); feeds: a queue each
muted = threading.Event()
version = 1000


def event(number, one):
    return f"id: {number}\nevent: {'revoked' if one else 'gap'}\ndata: {json.dumps(one)}\n\n".encode()


def end(one):
    global version
    version += 1
    ended.append((version, one))
    for feed in feeds:
        feed.put(event(version, one))


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, body, status=200, **headers):
        data = json.dumps(body).encode() if status != 304 else b""
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", "Content-Length": str(len(data)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def do_GET(self):
        if self.path == "/.well-known/jwks.json":
            return self.answer({"keys": [{**key.jwk(), "kid": kid, "alg": algorithm, "use": "sig"}]})
        if self.path != "/revocations":
            return self.answer({}, 404)
        while muted.is_set():
            time.sleep(0.01)
        if "text/event-stream" in self.headers.get("Accept", ""):
            return self.feed()
        with lock:
            tag = f'"{version}"'
            if self.headers.get("If-None-Match") == tag:
                return self.answer({}, 304, ETag=tag)
            told = [one for _, one in ended if one]
            body = {"version": version, "max_age": 300, "complete": len(told) == len(ended), "revoked": told}
            self.answer(body, ETag=tag)

    def feed(self):
        mine = queue.Queue()
        self.close_connection = True
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        after = int(self.headers.get("Last-Event-ID") or 0)
        with lock:
            for number, one in ended:
                if number > after:
                    mine.put(event(number, one))
            feeds.append(mine)
        try:
            while True:
                try:
                    text = mine.get(timeout=0.2)
                except queue.Empty:
                    text = b": still here\n\n"
                while muted.is_set():
                    time.sleep(0.01)
                if text is None:
                    return
                self.wfile.write(text)
        except OSError:
            pass
        finally:
            with lock:
                feeds.remove(mine)

    def do_POST(self):
        where = urllib.parse.urlsplit(self.path)
        sid = urllib.parse.parse_qs(where.query).get("sid", [""])[0]
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        now = int(time.time())
        if where.path == "/token":
            sid = secrets.token_urlsafe(16)
            claims = {"iss": origin, "aud": origin, "sub": "u", "sid": sid, "iat": now, "nbf": now, "exp": now + 300, "email": "a@b.c"}
            return self.answer({"sid": sid, "access_token": key.sign({"alg": algorithm, "kid": kid, "typ": "at+jwt"}, claims)})
        with lock:
            if where.path == "/end":
                end({"sid": sid, "exp": now + 300})
            elif where.path == "/end-untold":
                end({})
            elif where.path == "/drop":
                for feed in feeds:
                    feed.put(None)
            elif where.path == "/mute":
                muted.set()
            elif where.path == "/speak":
                muted.clear()
        self.answer({})


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128  # a connection beyond the queue waits a second or more for the kernel's next try


server = Server(("127.0.0.1", port), Handler)
print("ready", flush=True)
server.serve_forever()
