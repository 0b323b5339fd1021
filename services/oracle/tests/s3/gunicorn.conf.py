"""Serves moto's S3, and has gunicorn write its access log as S3 server access logs are written.

moto can deliver logs of its own, which leave out keys and sizes; what is logged here is what gunicorn
sent and received, and the size that moto's store has for the object.
"""

import os
from datetime import datetime, timezone
from urllib.parse import parse_qs, unquote, urlsplit
from uuid import uuid4

from gunicorn import glogging

wsgi_app = "moto.server:create_backend_app('s3')"
workers = 1
threads = 4
worker_class = "gthread"
accesslog = "-"  # S3Log writes it; without this gunicorn does not ask for it.

OWNER = "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"


def operation(method, query, headers, key):
    """The name that the format has for a request."""
    if not key:
        return f"REST.{method}.BUCKET"
    if method == "PUT" and "partNumber" in query:
        return "REST.PUT.PART"
    if method == "POST" and "uploads" in query:
        return "REST.POST.UPLOADS"
    if method == "POST" and "uploadId" in query:
        return "REST.POST.UPLOAD"
    if method == "DELETE" and "uploadId" in query:
        return "REST.DELETE.UPLOAD"
    if method == "PUT" and "X-AMZ-COPY-SOURCE" in headers:
        return "REST.COPY.OBJECT"
    return f"REST.{method}.OBJECT"


def object_size(bucket, key):
    """What the store has now."""
    from moto.s3.models import s3_backends

    found = s3_backends["123456789012"]["aws"].get_object(bucket, unquote(key))
    return str(found.size) if found else "-"


class S3Log(glogging.Logger):
    def access(self, resp, req, environ, request_time):
        url = urlsplit(environ["RAW_URI"])
        query = parse_qs(url.query, keep_blank_values=True)
        bucket, _, key = url.path.lstrip("/").partition("/")
        if not bucket:
            return
        method = environ["REQUEST_METHOD"]
        headers = {name.upper(): value for name, value in req.headers}
        name = operation(method, query, headers, key)
        status = resp.status.split()[0]
        size = "-"
        if name == "REST.PUT.PART":
            size = headers.get("X-AMZ-DECODED-CONTENT-LENGTH") or headers.get("CONTENT-LENGTH", "-")
        elif key and status.startswith("2"):
            size = object_size(bucket, key)
        sent = str(resp.sent) if resp.sent else "-"
        time = datetime.now(timezone.utc).strftime("%d/%b/%Y:%H:%M:%S +0000")
        line = (
            f'{OWNER} {bucket} [{time}] {environ["REMOTE_ADDR"]} {OWNER} {uuid4().hex[:16].upper()} '
            f'{name} {key or "-"} "{method} {environ["RAW_URI"]} {environ["SERVER_PROTOCOL"]}" '
            f'{status} - {sent} {size} {request_time.microseconds // 1000} - "-" '
            f'"{headers.get("USER-AGENT", "-")}" - - SigV4 - AuthHeader '
            f'{headers.get("HOST", "-")} - - -\n'
        )
        with open(os.environ["S3_LOG"], "a") as log:
            log.write(line)


logger_class = S3Log
