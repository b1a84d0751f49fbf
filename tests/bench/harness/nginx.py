"""An nginx to be measured: one worker, and nothing that its owner would turn off for speed."""

import os
import pathlib
import resource


def configuration(directory: pathlib.Path, http: str, workers: int = 1) -> str:
    """`http`: what stands in the http block."""
    files = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    temporary = "".join(f"{kind}_temp_path {directory}/{kind};\n" for kind in
                        ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    user = "user root;\n" if os.geteuid() == 0 else ""  # who may open the sockets of other servers here
    return (f"{user}worker_processes {workers};\ndaemon off;\npid {directory}/nginx.pid;\nerror_log {directory}/error.log;\n"
            f"worker_rlimit_nofile {files};\nevents {{ worker_connections 16384; }}\n"
            f"http {{\naccess_log off;\nkeepalive_requests 1000000000;\n{temporary}{http}\n}}\n")


def constant(port: int, body: str = "", socket: pathlib.Path | None = None) -> str:
    """A server that answers 200 to everything, on a Unix socket too."""
    answer = f'return 200 "{body}"' if body else "return 200"
    also = f"listen unix:{socket}; " if socket else ""
    return f"server {{ listen 127.0.0.1:{port} reuseport; {also}location / {{ {answer}; }} }}\n"
