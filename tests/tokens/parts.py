"""Compact JWS taken apart and put together again, with keys as Latchkey's key files hold them; refuses nothing."""

import base64
import hashlib
import hmac
import json

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, utils

ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # of P-256


def encode(data):
    if not isinstance(data, bytes):
        data = data if isinstance(data, str) else json.dumps(data, separators=(",", ":"))
        data = data.encode()
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def loosely_decoded(text):
    """What the most forgiving readers make of base64url; None when not even they can."""
    known = "".join(c for c in text if c.isascii() and (c.isalnum() or c in "-_+/"))
    try:
        return decode(known.replace("+", "-").replace("/", "_"))
    except ValueError:
        return None


class Key:
    """A private key or a secret. `text`: what a key file holds; None: a new one of this algorithm."""

    def __init__(self, algorithm, text=None):
        self.algorithm = algorithm
        if algorithm == "HS256":
            self.own = base64.b64decode(text) if text else hashlib.sha256(b"not the one").digest()
        elif text:
            self.own = serialization.load_pem_private_key(text.encode(), None)
        else:
            make = {"EdDSA": ed25519.Ed25519PrivateKey.generate, "ES256": lambda: ec.generate_private_key(ec.SECP256R1())}
            self.own = make[algorithm]()

    def signature(self, signing_input):
        data = signing_input.encode()
        if self.algorithm == "HS256":
            return hmac.digest(self.own, data, "sha256")
        if self.algorithm == "EdDSA":
            return self.own.sign(data)
        r, s = utils.decode_dss_signature(self.own.sign(data, ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    def sign(self, header, payload):
        """Both: encoded text, or what is to be encoded."""
        text = ".".join(one if is_encoded(one) else encode(one) for one in (header, payload))
        return text + "." + encode(self.signature(text))

    def public_forms(self):
        """Name to bytes: everything that a careless verifier could take for the secret of an HMAC."""
        public = self.own.public_key()
        form, coding = serialization.PublicFormat, serialization.Encoding
        pem = public.public_bytes(coding.PEM, form.SubjectPublicKeyInfo)
        yield "PEM", pem
        yield "PEM without its last line break", pem.rstrip()
        yield "PEM with CRLF", pem.replace(b"\n", b"\r\n")
        yield "DER", public.public_bytes(coding.DER, form.SubjectPublicKeyInfo)
        yield "base64 of the DER", b"".join(pem.splitlines()[1:-1])
        yield "JWK", json.dumps(self.jwk(), separators=(",", ":")).encode()
        yield "x", decode(self.jwk()["x"])
        yield "encoded x", self.jwk()["x"].encode()

    def jwk(self):
        public = self.own.public_key()
        if self.algorithm == "EdDSA":
            raw = public.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
            return {"kty": "OKP", "crv": "Ed25519", "x": encode(raw)}
        numbers = public.public_numbers()
        x, y = (encode(n.to_bytes(32, "big")) for n in (numbers.x, numbers.y))
        return {"kty": "EC", "crv": "P-256", "x": x, "y": y}


class Encoded(str):
    """Text that stands in a token as it is."""


def is_encoded(one):
    return isinstance(one, Encoded)
