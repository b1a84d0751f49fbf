#!/usr/bin/env python3
"""Makes tampered tokens of a genuine one: JSON lines {"name", "token", "same", "ours"}.

    tampered.py < {"token": …, "algorithm": …, "key": the text of the key file}

No verifier may take any of them, but for two kinds that are marked, because no forger gains anything by them:
"same": header, claims and signature are bit for bit what they were, and only their spelling is not canonical; and
"ours": signed by the real key, and odd in something that stock verifiers overlook (PyJWT does not look at crit).
Latchkey itself refuses those, too. "blank": nothing but white space round the token, which HTTP itself may remove.
"""

import hashlib
import hmac
import json
import sys

from parts import ORDER, Encoded, Key, decode, encode, loosely_decoded


class Lab:
    def __init__(self, token, algorithm, key):
        self.token, self.algorithm, self.key = token, algorithm, Key(algorithm, key)
        self.h, self.p, self.s = (Encoded(one) for one in token.split("."))
        self.header, self.claims, self.signature = json.loads(decode(self.h)), json.loads(decode(self.p)), decode(self.s)

    def with_header(self, **changes):
        return encode({k: v for k, v in {**self.header, **changes}.items() if v is not ...})

    def with_claims(self, **changes):
        return encode({k: v for k, v in {**self.claims, **changes}.items() if v is not ...})


def flipped_bits(lab):
    for name, at, most in (("header", 0, 40), ("claims", 1, 60), ("signature", 2, 64)):
        segments = lab.token.split(".")
        data = decode(segments[at])
        step = max(1, len(data) // most)
        for i in range(0, len(data), step):
            changed = bytearray(data)
            changed[i] ^= 1 << (i % 8)
            segments[at] = encode(bytes(changed))
            yield f"{name}: a bit of byte {i} flipped", ".".join(segments)


def other_spellings(lab):
    h, p, s = lab.h, lab.p, lab.s
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    for name, make in (("header", lambda t: f"{t}.{p}.{s}"), ("claims", lambda t: f"{h}.{t}.{s}"),
                       ("signature", lambda t: f"{h}.{p}.{t}")):
        text = {"header": h, "claims": p, "signature": s}[name]
        for tail in ("=", "==", "===", "A", "AA", "AAAA", "\0", "%3D", "-", "é"):
            yield f"{name} and {tail!r}", make(text + tail)
        for i in range(1, 16):
            other = text[:-1] + alphabet[alphabet.index(text[-1]) ^ i]
            if loosely_decoded(other) == decode(text):
                yield f"{name}: spare bits {i}", make(other)
        yield f"{name} without its last character", make(text[:-1])
        yield f"{name} without its first character", make(text[1:])
        yield f"{name} in the alphabet of base64", make(text.replace("-", "+").replace("_", "/"))
        yield f"{name} twice encoded", make(encode(text))
        yield f"{name} empty", make("")
        yield f"{name} in hexadecimal", make(decode(text).hex())
        yield f"{name} in capitals", make(text.upper())
        for blank in (" ", "\t", "\n", "\r\n ", "\u00a0"):
            yield f"{name} with {blank!r} in front", make(blank + text)
            yield f"{name} with {blank!r} in it", make(text[:8] + blank + text[8:])
            yield f"{name} with {blank!r} behind", make(text + blank)


def other_shapes(lab):
    h, p, s = lab.h, lab.p, lab.s
    for name, token in {
        "nothing": "", "a dot": ".", "two dots": "..", "three dots": "...", "header alone": h, "unsigned": f"{h}.{p}",
        "unsigned with a dot": f"{h}.{p}.", "a segment more": f"{lab.token}.{s}", "an empty segment more": f"{lab.token}.",
        "an empty segment before": f".{lab.token}", "an empty segment between": f"{h}..{p}.{s}", "no claims": f"{h}..{s}",
        "backwards": f"{s}.{p}.{h}", "claims first": f"{p}.{h}.{s}", "header twice": f"{h}.{h}.{s}",
        "claims twice": f"{p}.{p}.{s}", "as JWE": f"{h}.{p}.{s}.{s}.{s}", "twice": lab.token * 2,
        "twice with a dot": f"{lab.token}.{lab.token}", "twice with a comma": f"{lab.token},{lab.token}",
        "twice with a blank": f"{lab.token} {lab.token}", "quoted": f'"{lab.token}"', "with commas": f"{h},{p},{s}",
        "Bearer twice": f"Bearer {lab.token}", "as parameter": f"token={lab.token}", "with a parameter": f"{lab.token};a=b",
        "with a query": f"{lab.token}?a=b", "encoded once more": encode(lab.token), "only letters": "a.b.c",
        "many dots": "." * 2000, "long": "A" * 9000, "long segments": f"{h}.{p}.{'A' * 9000}", "null": "null",
        "general JSON": json.dumps({"payload": p, "signatures": [{"protected": h, "signature": s}]}),
        "flattened JSON": json.dumps({"payload": p, "protected": h, "signature": s}),
        "unprotected header": json.dumps({"payload": p, "header": lab.header, "signature": s}),
    }.items():
        yield name, token


def other_algorithms(lab):
    p, s = lab.p, lab.s
    for alg in ("none", "None", "NONE", "nOnE", "none ", "", None, 0, True, [], ["none"], {}, ["EdDSA", "none"], ...):
        head = lab.with_header(alg=alg)
        yield f"alg {alg!r} unsigned", f"{head}.{p}."
        yield f"alg {alg!r} with its signature", f"{head}.{p}.{s}"
    for alg in ("HS384", "HS512", "RS256", "RS512", "PS256", "ES384", "ES512", "ES256K", "Ed448", "Ed25519", "eddsa", "hs256",
                "es256", "dir", "A128KW", "RSA-OAEP", "PBES2-HS256+A128KW", "ECDH-ES", *{"EdDSA", "ES256", "HS256"} - {lab.algorithm}):
        yield f"alg {alg}", f"{lab.with_header(alg=alg)}.{p}.{s}"
    if lab.algorithm != "HS256":
        for name, secret in [*lab.key.public_forms(), ("nothing", b""), ("the name of the key", lab.header["kid"].encode())]:
            for header in (lab.with_header(alg="HS256"), lab.with_header(alg="HS256", typ="JWT"), lab.h):
                text = f"{header}.{p}"
                yield f"HS256 with {name} as the secret", f"{text}.{encode(hmac.digest(secret, text.encode(), 'sha256'))}"
    for alg in ("EdDSA", "ES256", "HS256"):
        foreign = Key(alg)
        yield f"a foreign key, {alg}, the same header", foreign.sign(lab.h, p)
        yield f"a foreign key, {alg}", foreign.sign(Encoded(lab.with_header(alg=alg)), p)
        yield f"a foreign key, {alg}, no kid", foreign.sign(Encoded(lab.with_header(alg=alg, kid=...)), p)
        if alg != "HS256":
            own = {**foreign.jwk(), "kid": lab.header["kid"]}
            for name in ("EdDSA", "ES256", "HS256"):
                yield f"a foreign {alg} key that it brings, as {name}", foreign.sign(Encoded(lab.with_header(alg=name, jwk=own)), p)


def other_headers(lab):
    p, s = lab.p, lab.s
    for kid in ("", "x", "../../../../dev/null", "/dev/null", "' OR 1=1 --", "0", 0, None, [], {}, True, lab.header["kid"] + "A",
                lab.header["kid"][:-1], lab.header["kid"].upper(), [lab.header["kid"]], "é", "a\0b", "A" * 5000, ...):
        yield f"kid {str(kid)[:30]!r}", f"{lab.with_header(kid=kid)}.{p}.{s}"
        if kid is not ...:
            header = Encoded(lab.with_header(kid=kid, alg="HS256"))
            yield f"kid {str(kid)[:30]!r}, signed with nothing", f"{header}.{p}." + encode(
                hmac.digest(b"", f"{header}.{p}".encode(), "sha256"))
    for name, value in {
        "jku": "https://evil.example/jwks", "x5u": "https://evil.example/key", "jwk": {"kty": "oct", "k": "AA"}, "x5c": ["AA=="],
        "x5t": "AA", "x5t#S256": "AA", "crit": ["exp"], "b64": False, "zip": "DEF", "cty": "JWT", "enc": "A128GCM", "p2c": 10**9,
        "p2s": "AA", "epk": {}, "iv": "", "tag": "", "apu": "", "url": "https://evil.example", "nonce": "1", "exp": 9999999999,
    }.items():
        yield f"{name} added", f"{lab.with_header(**{name: value})}.{p}.{s}"
    for typ in ("JWT", "at+jwt ", "AT+JWT", "application/at+jwt", "logout+jwt", "", None, ...):
        yield f"typ {typ!r}", f"{lab.with_header(typ=typ)}.{p}.{s}"
    text = decode(lab.h).decode()
    for name, other in {
        "alg twice": text[:-1] + ',"alg":"none"}', "alg twice, none first": '{"alg":"none",' + text[1:],
        "blanks": text.replace(":", ": "), "blank behind": text + " ", "BOM": "\ufeff" + text, "no object": "[]", "text": '"a"',
        "number": "1", "no JSON": "hello", "nested": "[" * 3000, "escaped": text.replace("alg", "\\u0061lg"), "open": text[:-1],
        "two objects": text + text, "in another order": json.dumps(dict(reversed(lab.header.items())), separators=(",", ":")),
    }.items():
        yield f"header: {name}", f"{encode(other)}.{p}.{s}"
    yield "header: not UTF-8", f"{encode(b'{' + bytes([0xFF]) + b'}')}.{p}.{s}"


def other_claims(lab):
    h, s = lab.h, lab.s
    now = lab.claims["iat"]
    for name, change in {
        "exp an hour later": {"exp": now + 3600}, "exp a second later": {"exp": lab.claims["exp"] + 1}, "no exp": {"exp": ...},
        "another user": {"sub": "00000000-0000-0000-0000-000000000000"}, "root": {"sub": "root"}, "groups": {"groups": ["admins", "root"]},
        "no groups": {"groups": ...}, "another session": {"sid": encode(bytes(16))}, "no session": {"sid": ...},
        "issuer": {"iss": "https://evil.example"}, "audience": {"aud": ["a", lab.claims["aud"]]}, "jti": {"jti": "1"},
        "nbf": {"nbf": 0}, "iat": {"iat": 0}, "amr": {"amr": ["mfa"]}, "email": {"email": "root@example.com"}, "more": {"admin": True},
    }.items():
        yield f"claims: {name}", f"{h}.{lab.with_claims(**change)}.{s}"


def signatures(lab):
    text = f"{lab.h}.{lab.p}"
    size = len(lab.signature)
    r, t = lab.signature[: size // 2], lab.signature[size // 2 :]
    edge = lambda a, b: a.to_bytes(32, "big") + b.to_bytes(32, "big")
    forms = {
        "zeros": bytes(size), "ones": b"\xff" * size, "a zero byte": b"\0", "halves exchanged": t + r, "first half twice": r + r,
        "half": r, "second half zero": r + bytes(len(t)), "first half zero": bytes(len(r)) + t, "twice": lab.signature * 2,
        "a zero behind": lab.signature + b"\0", "a zero before": b"\0" + lab.signature, "short by one": lab.signature[:-1],
        "backwards": lab.signature[::-1], "1 and 1": edge(1, 1), "0 and 1": edge(0, 1), "order and order": edge(ORDER, ORDER),
        "order and 1": edge(ORDER, 1), "order less one": edge(ORDER - 1, ORDER - 1), "of the claims alone": lab.key.signature(lab.p),
        "of what is decoded": lab.key.signature(decode(lab.h).decode() + "." + decode(lab.p).decode()),
        "a hash": hashlib.sha256(text.encode()).digest(), "of another dot": lab.key.signature(f"{lab.h},{lab.p}"),
        "identity": b"\1" + bytes(63), "identity and order": b"\1" + bytes(31) + bytes.fromhex(
            "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010"),
    }
    if lab.algorithm == "EdDSA":  # s + L: the same point, which RFC 8032 has verifiers refuse
        order = 2**252 + 27742317777372353535851937790883648493
        forms["s and the order"] = r + (int.from_bytes(t, "little") + order).to_bytes(32, "little")
    if lab.algorithm == "ES256":  # DER is another form; n - s is a good signature and therefore not here
        from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
        forms["DER"] = encode_dss_signature(int.from_bytes(r, "big"), int.from_bytes(t, "big"))
        forms["r and the order"] = edge((int.from_bytes(r, "big") + ORDER) % 2**256, int.from_bytes(t, "big"))
    for name, form in forms.items():
        yield f"signature: {name}", f"{text}.{encode(form)}"


def signed_but_wrong(lab):
    """By the real key, with its own header: refused for what the claims say."""
    now, far = lab.claims["iat"], 10**10
    for name, change in {
        "expired": {"exp": now - 3600}, "expired at the epoch": {"exp": 0}, "expired before it": {"exp": -1}, "no exp": {"exp": ...},
        "exp as text": {"exp": "soon"}, "exp null": {"exp": None}, "exp a list": {"exp": [far]}, "no iat": {"iat": ...},
        "not before tomorrow": {"nbf": now + 86400}, "nbf as text": {"nbf": "soon"}, "issuer": {"iss": "https://evil.example"},
        "issuer with a slash": {"iss": lab.claims["iss"] + "/"}, "no issuer": {"iss": ...}, "issuer a list": {"iss": [lab.claims["iss"]]},
        "audience": {"aud": "https://evil.example"}, "audiences": {"aud": ["a", "b"]}, "no audience": {"aud": ...}, "aud {}": {"aud": {}},
        "audience with a slash": {"aud": lab.claims["aud"] + "/"}, "no audience in a list": {"aud": []}, "no subject": {"sub": ...},
        "no session": {"sid": ...},
    }.items():
        yield f"signed by us: {name}", lab.key.sign(lab.h, Encoded(lab.with_claims(**change))), False
    for name, payload in {"text": '"a"', "a list": "[]", "null": "null", "no JSON": "hello", "nothing in it": "{}", "deep": "[" * 5000,
                          "not UTF-8": b'{"sub":"\xff"}'}.items():
        yield f"signed by us: {name}", lab.key.sign(lab.h, Encoded(encode(payload))), False
    old = f'"exp":{now - 3600}'
    text = decode(lab.p).decode()
    yield "signed by us: exp twice, the past last", lab.key.sign(lab.h, Encoded(encode(text[:-1] + "," + old + "}"))), True
    yield "signed by us: exp twice, the past first", lab.key.sign(lab.h, Encoded(encode("{" + old + "," + text[1:]))), True
    yield "signed by us: sub twice", lab.key.sign(lab.h, Encoded(encode('{"sub":"root",' + text[1:]))), True
    for name, head in {
        "typ JWT": lab.with_header(typ="JWT"), "no typ": lab.with_header(typ=...), "another typ": lab.with_header(typ="id+jwt"),
    }.items():
        yield f"signed by us: {name}", lab.key.sign(Encoded(head), lab.p), False
    for name, head in {
        "crit": lab.with_header(crit=["latchkey"], latchkey=1), "kid of another": lab.with_header(kid="another"),
        "no kid": lab.with_header(kid=...), "jku": lab.with_header(jku="https://evil.example/jwks"), "one blank": encode(decode(lab.h) + b" "),
        "jwk": lab.with_header(jwk={"kty": "oct", "k": "AA"}), "alg twice": encode('{"alg":"none",' + decode(lab.h).decode()[1:]),
        "typ in full": lab.with_header(typ="application/at+jwt"), "typ in capitals": lab.with_header(typ="AT+JWT"),
    }.items():
        yield f"signed by us: {name}", lab.key.sign(Encoded(head), lab.p), True


def tampered(lab):
    for make in (flipped_bits, other_spellings, other_shapes, other_algorithms, other_headers, other_claims, signatures):
        for name, token in make(lab):
            head, _, tail = token.rpartition(".")
            same = head == f"{lab.h}.{lab.p}" and loosely_decoded(tail) == lab.signature
            yield {"name": name, "token": token, "same": same, "ours": False}
    for name, token, ours in signed_but_wrong(lab):
        yield {"name": name, "token": token, "same": False, "ours": ours}


if __name__ == "__main__":
    genuine = Lab(**json.load(sys.stdin))
    for one in {one["token"]: one for one in tampered(genuine)}.values():
        if one["token"] != genuine.token:
            print(json.dumps({**one, "blank": one["token"].strip(" \t") == genuine.token}))
