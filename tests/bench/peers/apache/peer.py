"""Apache's own: mod_auth_form keeps name and password in the session, mod_session_crypto the session in an encrypted cookie,
and each request has the password checked anew against a file."""

import pathlib
import urllib.parse

from harness import Failure
from harness.bench import Bench
from peers import SESSIONS, Peer, cookie_of, load_of

MODULES = pathlib.Path("/usr/lib/apache2/modules")
NAMES = ("mpm_event", "authn_core", "authn_file", "authz_core", "authz_user", "request", "session", "session_cookie",
         "session_crypto", "auth_form")
SECRET = "correct horse battery staple"


def bcrypt(bench: Bench, name: str) -> Peer:
    """htpasswd's own cost, which is 5."""
    return _peer(bench, name, "-B")


def sha1(bench: Bench, name: str) -> Peer:
    """As cheap as a hash in a file can be, and as worthless."""
    return _peer(bench, name, "-s")


def configuration(directory: pathlib.Path, port: int, users: pathlib.Path) -> str:
    modules = "".join(f"LoadModule {one}_module {MODULES}/mod_{one}.so\n" for one in NAMES)
    return f"""{modules}
ServerRoot {directory}
ServerName 127.0.0.1
Listen 127.0.0.1:{port}
PidFile {directory}/pid
ErrorLog {directory}/error.log
LogLevel crit
DefaultRuntimeDir {directory}
Mutex file:{directory} default
User www-data
Group www-data
DocumentRoot {directory}/files
StartServers 1
ServerLimit 4
ThreadsPerChild 64
MaxRequestWorkers 256
MaxRequestsPerChild 0
KeepAlive On
MaxKeepAliveRequests 0
KeepAliveTimeout 60
<Directory {directory}/files>
    AllowOverride None
    AuthType form
    AuthName bench
    AuthFormProvider file
    AuthUserFile {users}
    Session On
    SessionCookieName session path=/
    SessionCryptoPassphrase secret-of-the-benchmark
    Require valid-user
</Directory>
<Location /login>
    SetHandler form-login-handler
    AuthType form
    AuthName bench
    AuthFormProvider file
    AuthUserFile {users}
    AuthFormLoginSuccessLocation /check
    Session On
    SessionCookieName session path=/
    SessionCryptoPassphrase secret-of-the-benchmark
    Require all granted
</Location>
"""


def _peer(bench: Bench, name: str, kind: str) -> Peer:
    if not (MODULES / "mod_session_crypto.so").is_file():
        raise Failure("Debian's package apache2-bin is not installed")
    directory, port = bench.file("apache"), bench.port()
    (directory / "files").mkdir(parents=True)
    (directory / "files/check").write_text("")
    users, file = directory / "users", directory / "apache.conf"
    bench.run(["htpasswd", "-cb", kind, users, "somebody", SECRET])
    file.write_text(configuration(directory, port, users))
    server = bench.server(name, ["/usr/sbin/apache2", "-f", file, "-DFOREGROUND"], port, None)
    form = urllib.parse.urlencode({"httpd_username": "somebody", "httpd_password": SECRET})
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    cookies = [cookie_of(server.ask("POST", "/login", headers, form), "session") for _ in range(SESSIONS)]
    return Peer(server, load_of(bench.file("cookies"), "/check", "session", cookies))
