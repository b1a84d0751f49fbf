"""What the browser visits: the real Latchkey, a guarded application and a real proxy with TLS in front of both.

Each is a context manager that starts a process (or a thread) of its own on free loopback ports, waits until it serves, and
ends exactly that process. Everything is written below one temporary directory.
"""

import base64
import hashlib
import http.server
import json
import os
import pathlib
import shutil
import socket
import subprocess
import tempfile
import threading
import time
import urllib.request

SOURCE = pathlib.Path(__file__).resolve().parents[2]
HOST = "app.example.com"
ORIGIN = f"https://{HOST}"  # browsers are told where that is
PATIENCE = 30  # seconds, for whatever must come true; far beyond what it takes


class Directory:
    """A temporary directory that goes with its owner."""

    def __enter__(self):
        self.path = pathlib.Path(tempfile.mkdtemp(prefix="latchkey-browser-"))
        return self.path

    def __exit__(self, *_):
        shutil.rmtree(self.path, ignore_errors=True)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def eventually(condition, what):
    """The first true value of `condition()`. Fails after PATIENCE."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        value = condition()
        if value:
            return value
        time.sleep(0.02)
    raise AssertionError(f"waited {PATIENCE} s in vain: {what}")


def accepts(port):
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
        return True
    except OSError:
        return False


class Process:
    """A child that is ended by SIGTERM to itself alone."""

    def __init__(self, argv, log, **more):
        self.log = log
        with open(log, "wb") as out:
            self.child = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=out, stderr=out, **more)

    def wait_for(self, ready):
        def look():
            if self.child.poll() is not None:
                raise AssertionError(f"{self.child.args[0]} ended:\n{self.log.read_text(errors='replace')}")
            return ready()

        eventually(look, f"{self.child.args[0]} serves")

    def stop(self):
        self.child.terminate()
        try:
            return self.child.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.child.kill()
            raise


def started(owner, ready):
    """`owner`, as soon as its process is ready; cleared away when it never is."""
    try:
        owner.process.wait_for(ready)
        return owner
    except BaseException:
        owner.process.child.kill()
        owner.process.child.wait()
        owner.directory.__exit__()
        raise


class Application:
    """The guarded application: a page that says who Latchkey says it is. Counts the requests that reach it."""

    def __enter__(self):
        application = self
        self.seen = []

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                application.seen.append(self.path)
                body = (
                    "<!doctype html><html lang=en><title>The application</title><h1 id=app>The application</h1>"
                    f"<p id=user>{self.headers.get('Remote-Email', '')}</p><p id=path>{self.path.split('?')[0]}</p>"
                    f"<p id=cookie>{self.headers.get('Cookie', '')}</p>"
                ).encode()
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


class Latchkey:
    """The program itself. `config`: "section.key" to a TOML value; `users`: email to (password, name, groups)."""

    def __init__(self, program, public_url, users, config=None):
        self.program, self.public_url, self.users, self.config = program, public_url, users, config or {}

    def __enter__(self):
        self.directory = Directory()
        path = self.directory.__enter__()
        self.port = free_port()
        self.file = path / "latchkey.toml"
        values = {
            "server.listen": f'["127.0.0.1:{self.port}"]',
            "server.public_url": f'"{self.public_url}"',
            "server.io_threads": "2",
            "database.url": f'"sqlite:{path}/latchkey.db"',
            "password.memory": '"64KiB"',
            "password.iterations": "1",
            **self.config,
        }
        sections = {}
        for name, value in values.items():
            section, key = name.split(".", 1)
            sections.setdefault(section, []).append(f"{key} = {value}")
        self.file.write_text("".join(f"[{s}]\n" + "\n".join(lines) + "\n" for s, lines in sections.items()))
        for email, (password, name, groups) in self.users.items():
            words = ["user", "add", "--email", email, "--password-stdin"]
            words += ["--name", name] if name else []
            words += ["--groups", groups] if groups else []
            self.command(*words, given=password + "\n")
        return self.start()

    def start(self):
        self.process = Process([self.program, "serve", "--config", str(self.file)], self.file.parent / "log")
        return started(self, self._is_ready)

    def stop(self):
        status = self.process.stop()
        assert status == 0, f"latchkey ended with {status}:\n{self.log()}"

    def __exit__(self, *_):
        try:
            self.stop()
        finally:
            self.directory.__exit__()

    def _is_ready(self):
        try:
            return urllib.request.urlopen(f"http://127.0.0.1:{self.port}/health/ready", timeout=1).status == 200
        except OSError:
            return False

    def log(self):
        return self.process.log.read_text(errors="replace")

    def command(self, *words, given=""):
        done = subprocess.run(
            [self.program, *words, "--config", str(self.file)],
            input=given, capture_output=True, text=True, timeout=PATIENCE,
        )
        assert done.returncode == 0, f"latchkey {' '.join(words)}: {done.stdout}{done.stderr}"
        return done.stdout

    def sessions(self, email):
        """The live sessions of this user. Looking at them keeps none alive."""
        return json.loads(self.command("session", "list", "--user", email, "--json"))["sessions"]


class Certificate:
    """A certificate for HOST that was made here and that nobody else trusts."""

    def __init__(self, directory):
        self.file, self.key = directory / "cert.pem", directory / "key.pem"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
             "-days", "2", "-subj", f"/CN={HOST}", "-addext", f"subjectAltName=DNS:{HOST}",
             "-keyout", str(self.key), "-out", str(self.file)],
            check=True, capture_output=True,
        )
        public = subprocess.run(
            ["openssl", "x509", "-in", str(self.file), "-pubkey", "-noout"], check=True, capture_output=True
        ).stdout
        der = subprocess.run(
            ["openssl", "pkey", "-pubin", "-outform", "der"], input=public, check=True, capture_output=True
        ).stdout
        self.fingerprint = base64.b64encode(hashlib.sha256(der).digest()).decode()  # as Chromium's switch wants it


def adapted(sample, changes):
    """The sample file with what users change too; each text must be in it."""
    text = (SOURCE / sample).read_text()
    for old, new in changes:
        assert old in text, f"{sample} does not contain: {old}"
        text = text.replace(old, new)
    return text


class Proxy:
    """A real proxy with the sample file that users copy; TLS on `port`, with `certificate`."""

    def __init__(self, port, certificate, latchkey_port, app_port):
        self.port, self.certificate, self.latchkey_port, self.app_port = port, certificate, latchkey_port, app_port

    def __enter__(self):
        self.directory = Directory()
        path = self.directory.__enter__()
        self.process = Process(self.prepare(path), path / "said", env={**os.environ, "HOME": str(path)})
        return started(self, lambda: accepts(self.port))

    def __exit__(self, *_):
        try:
            self.process.stop()
        finally:
            self.directory.__exit__()


class Nginx(Proxy):
    """config/nginx/latchkey.conf with addresses, names and the TLS lines that its comments ask for."""

    def prepare(self, path):
        tls = (f"listen 127.0.0.1:{self.port} ssl http2;\n    ssl_certificate {self.certificate.file};\n"
               f"    ssl_certificate_key {self.certificate.key};\n")
        (path / "sample.conf").write_text(adapted("config/nginx/latchkey.conf", [
            ("listen 80;", tls),
            ("server 127.0.0.1:9080;", f"server 127.0.0.1:{self.latchkey_port};"),
            ("server 127.0.0.1:8080;", f"server 127.0.0.1:{self.app_port};"),
        ]))
        temporary = "".join(f"  {kind}_temp_path {path}/{kind};\n"
                            for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        (path / "nginx.conf").write_text(
            ("user root;\n" if os.geteuid() == 0 else "")
            + f"daemon off;\nworker_processes 2;\npid {path}/nginx.pid;\nerror_log {path}/error.log info;\n"
            + f"events {{ worker_connections 256; }}\nhttp {{\n  access_log off;\n{temporary}"
            + f"  include {path}/sample.conf;\n}}\n"
        )
        return ["/usr/sbin/nginx", "-p", str(path), "-e", f"{path}/error.log", "-c", f"{path}/nginx.conf"]


class Caddy(Proxy):
    """config/caddy/Caddyfile with addresses, the name, and a certificate of one's own as its comment shows."""

    def prepare(self, path):
        sample = adapted("config/caddy/Caddyfile", [
            ("\napp.example.com {", f"\nhttps://{HOST}:{self.port} {{"),
            ("# tls /etc/ssl/certs/app.example.com.pem /etc/ssl/private/app.example.com.key",
             f"tls {self.certificate.file} {self.certificate.key}"),
            ("127.0.0.1:9080", f"127.0.0.1:{self.latchkey_port}"),
            ("127.0.0.1:8080", f"127.0.0.1:{self.app_port}"),
        ])
        # What a test has to keep to itself: no second listener, no administration, no files elsewhere.
        own = f"{{\n\tadmin off\n\tauto_https disable_redirects\n\tdefault_bind 127.0.0.1\n" \
              f"\tstorage file_system {path}/storage\n}}\n\n"
        (path / "Caddyfile").write_text(own + sample)
        return ["/usr/bin/caddy", "run", "--adapter", "caddyfile", "--config", str(path / "Caddyfile")]
