"""LemonLDAP::NG: its handler as a FastCGI server behind nginx, as its package sets it up; sessions in files, and copies of them
in its cache. Asked is what nginx asks it for auth_request, without the request that it would decide about."""

import json
import pathlib
import shutil

from harness import Failure
from harness.bench import Bench
from peers import SESSIONS, Peer, load_of

PROGRAM = pathlib.Path("/usr/sbin/llng-fastcgi-server")
SCRIPT = pathlib.Path(__file__).with_name("session.pl")
HOST = "app.example.com"


def settings(directory: pathlib.Path) -> dict:
    return {
        "cfgNum": 1, "cfgDate": 1, "cfgVersion": "2.16.1", "cookieName": "lemonldap", "domain": "example.com",
        "portal": "http://auth.example.com/", "securedCookie": 0, "timeout": 72000, "whatToTrace": "_whatToTrace",
        "exportedHeaders": {HOST: {"Remote-Name": "$cn", "Remote-Email": "$mail", "Remote-Groups": "$groups"}},
        "locationRules": {HOST: {"default": "accept"}},
        "globalStorage": "Apache::Session::File",
        "globalStorageOptions": {"Directory": f"{directory}/sessions", "LockDirectory": f"{directory}/locks",
                                 "generateModule": "Lemonldap::NG::Common::Apache::Session::Generate::SHA256"},
        "localSessionStorage": "Cache::FileCache",
        "localSessionStorageOptions": {"cache_depth": 3, "cache_root": f"{directory}/cache", "default_expires_in": 600,
                                       "directory_umask": "007", "namespace": "lemonldap-ng-sessions"},
    }


def ini(directory: pathlib.Path) -> str:
    return (f"[all]\nlogLevel = error\ncheckTime = 600\n[configuration]\ntype = File\ndirName = {directory}/conf\n"
            f"localStorage = Cache::FileCache\nlocalStorageOptions = {{'namespace' => 'lemonldap-ng-config', "
            f"'default_expires_in' => 600, 'directory_umask' => '007', 'cache_root' => '{directory}/cache', "
            f"'cache_depth' => 3}}\n"
            f"[handler]\nstatus = 0\nuseRedirectOnError = 1\n")


def http(port: int, socket: pathlib.Path) -> str:
    return (f"server {{ listen 127.0.0.1:{port}; location / {{ include /etc/nginx/fastcgi_params; fastcgi_pass unix:{socket};\n"
            f"fastcgi_param HOST {HOST}; fastcgi_param HTTP_HOST {HOST}; fastcgi_param X_ORIGINAL_URI $request_uri;\n"
            f'fastcgi_pass_request_body off; fastcgi_param CONTENT_LENGTH ""; }} }}\n')


def start(bench: Bench, name: str) -> Peer:
    if not PROGRAM.is_file():
        raise Failure("Debian's package lemonldap-ng-fastcgi-server is not installed")
    directory = bench.file("lemonldap")
    for folder in ("conf", "sessions", "locks", "cache"):
        (directory / folder).mkdir(parents=True)
    (directory / "conf/lmConf-1.json").write_text(json.dumps(settings(directory)))
    (directory / "lemonldap-ng.ini").write_text(ini(directory))
    ids = bench.run(["perl", SCRIPT, directory, SESSIONS]).split()
    for path in (directory, *directory.rglob("*")):  # it refuses to work as root
        shutil.chown(path, "www-data", "www-data")
    socket = directory / "socket"
    handler = bench.server("handler", [PROGRAM, "--foreground", "--user=www-data", "--group=www-data", f"--socket={socket}",
                                       f"--pid={directory}/pid", "--proc=4"], 0, socket.exists,
                           environment={"LLNG_DEFAULTCONFFILE": str(directory / "lemonldap-ng.ini"),
                                        "LLNG_DEFAULTLOGGER": "Lemonldap::NG::Common::Logger::Std"})
    port = bench.port()
    server = bench.nginx(name, port, http(port, socket), parts=[handler])
    return Peer(server, load_of(bench.file("cookies"), "/", "lemonldap", ids, {"X-Original-URL": f"http://{HOST}/"}))
