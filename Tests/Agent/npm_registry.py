"""A registry of the packages below Tests/Agent/node, for a real `npm install` where npm's own can't be reached."""

from __future__ import annotations

import base64
import hashlib
import http.server
import io
import json
import pathlib
import tarfile
import threading

PACKAGES = pathlib.Path(__file__).resolve().parent / "node"


class Registry:
    """Serves each package's document and its archive; `asked` are the paths that npm wanted."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        registry = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                registry.asked.append(self.path)
                body = registry.get(self.path.strip("/"))
                self.send_response(200 if body is not None else 404)
                self.send_header("Content-Length", str(len(body or b"")))
                self.end_headers()
                self.wfile.write(body or b"")

            def log_message(self, *_: object) -> None:
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    def get(self, path: str) -> bytes | None:
        name = path.removesuffix(".tgz")
        if not (PACKAGES / name / "package.json").is_file():
            return None
        archive = self.archive(name)
        if path.endswith(".tgz"):
            return archive
        package = json.loads((PACKAGES / name / "package.json").read_text())
        digest = base64.b64encode(hashlib.sha512(archive).digest()).decode()
        package["dist"] = {"tarball": f"{self.url}/{name}.tgz", "integrity": f"sha512-{digest}"}
        version = package["version"]
        return json.dumps({"name": name, "dist-tags": {"latest": version}, "versions": {version: package}}).encode()

    @staticmethod
    def archive(name: str) -> bytes:
        buffer = io.BytesIO()
        with tarfile.open(fileobj=buffer, mode="w:gz", compresslevel=1) as tar:
            for path in sorted((PACKAGES / name).iterdir()):
                member = tarfile.TarInfo(f"package/{path.name}")
                member.size = path.stat().st_size
                with path.open("rb") as file:
                    tar.addfile(member, file)
        data = bytearray(buffer.getvalue())
        data[4:8] = bytes(4)  # gzip's own time, which would make each archive another
        return bytes(data)

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
