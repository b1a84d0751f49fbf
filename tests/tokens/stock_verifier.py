#!/usr/bin/env python3
"""PyJWT, as its documentation has one use it. The first line of input says how to check, every other one is a token:

    {"algorithm": …, "issuer": …, "audience": …, "jwks": …} or, in place of jwks, "secret" (base64)
    "eyJ…"

Writes one line for each token: its subject as JSON when it is good, or null.
"""

import base64
import json
import sys

import jwt


def checker(algorithm, issuer, audience, jwks=None, secret=None):
    keys = {one["kid"]: jwt.PyJWK(one).key for one in jwks["keys"]} if jwks else {}

    def check(token):
        try:
            header = jwt.get_unverified_header(token)
            if str(header.get("typ")).lower().removeprefix("application/") != "at+jwt":
                return None
            key = base64.b64decode(secret) if secret else keys[header["kid"]]
            claims = jwt.decode(token, key, algorithms=[algorithm], issuer=issuer, audience=audience,
                                options={"require": ["exp", "iat", "sub", "sid"]})
            return claims["sub"]
        except (jwt.PyJWTError, LookupError, TypeError):
            return None

    return check


if __name__ == "__main__":
    check = checker(**json.loads(sys.stdin.readline()))
    for line in sys.stdin:
        try:
            print(json.dumps(check(json.loads(line))))
        except Exception as error:  # refused, if not in the way one would like: nested too deeply, not UTF-8
            print("null")
            print(f"{line[:60]}: {error!r}", file=sys.stderr)
