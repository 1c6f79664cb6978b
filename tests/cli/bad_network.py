"""A network between the program and the lab that goes wrong at one call: which operation, when and how is said by the test.

    with BadNetwork(lab) as network:
        network.spoil("UpdateService", "reset_after")     # the next one: the lab acts, and its answer never arrives
        network.spoil("PutRule", "throttled", times=99)
        network.spoil("PutRule", "expired_from_here")     # it and every call after it, until mend()

Reads go through untouched unless they are named.
"""

import http.client
import http.server
import re
import socket
import struct
import threading
import urllib.parse

REFUSALS = {  # status, error code for JSON, error code for query
    "throttled": (400, "ThrottlingException", "Throttling", "Rate exceeded"),
    "expired": (400, "ExpiredTokenException", "ExpiredToken", "The security token included in the request is expired"),
    "denied": (400, "AccessDeniedException", "AccessDenied",
               "User: arn:aws:sts::111122223333:assumed-role/Operator/lab is not authorized to perform this"),
}
WAYS = {"throttled", "expired", "expired_from_here", "denied", "error500_before", "error500_after", "reset_before", "reset_after", "silence_after"}


class BadNetwork:
    def __init__(self, lab):
        self.lab = lab
        self.lock = threading.Lock()
        self.faults = {}  # operation -> [way, times left]; "*": every call
        self.seen = []  # operations that were asked, in their order
        self.spoiled = []
        self.stopping = threading.Event()

    def spoil(self, operation, way, times=1):
        assert way in WAYS, way
        with self.lock:
            self.faults[operation] = [way, times]

    def mend(self):
        with self.lock:
            self.faults.clear()
            self.seen.clear()
            self.spoiled.clear()

    def fault_of(self, operation):
        with self.lock:
            self.seen.append(operation)
            for name in (operation, "*"):
                fault = self.faults.get(name)
                if fault is None or fault[1] <= 0:
                    continue
                fault[1] -= 1
                self.spoiled.append((operation, fault[0]))
                if fault[0] == "expired_from_here":
                    self.faults["*"] = ["expired", 10**6]
                    return "expired"
                return fault[0]
            return None

    def __enter__(self):
        network = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            timeout = 60

            def do_POST(self):
                network.answer(self)

            def log_message(self, *ignored):
                pass

        class Server(http.server.ThreadingHTTPServer):
            def handle_error(self, *ignored):  # connections that we reset ourselves
                pass

        self.server = Server(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *ignored):
        self.stopping.set()
        self.server.shutdown()
        self.server.server_close()

    def env(self, **more):
        return self.lab.env(AWS_ENDPOINT_URL=self.url, **more)

    def answer(self, handler):
        body = handler.rfile.read(int(handler.headers.get("Content-Length", 0)))
        target = handler.headers.get("X-Amz-Target", "")
        action = re.search(rb"(?:^|&)Action=(\w+)", body)
        operation = target.rpartition(".")[2] if target else action[1].decode() if action else ""
        way = self.fault_of(operation)
        if way in ("reset_before", "error500_before") or way in REFUSALS:
            status, headers, answer = None, {}, b""
        else:
            status, headers, answer = self.forward(handler, body)
        if way in REFUSALS:
            status, headers, answer = self.refusal(way, target)
        if way in ("error500_before", "error500_after"):
            status, headers, answer = 500, {"Content-Type": "text/plain"}, b"Internal Server Error\n"
        if way in ("reset_before", "reset_after"):
            handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            handler.close_connection = True
            handler.connection.close()
            return
        if way == "silence_after":
            self.stopping.wait(50)
            handler.close_connection = True
            return
        handler.send_response_only(status)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(answer)))
        handler.end_headers()
        handler.wfile.write(answer)

    def forward(self, handler, body):
        where = urllib.parse.urlsplit(self.lab.url)
        lab = http.client.HTTPConnection(where.hostname, where.port, timeout=30)
        headers = {name: value for name, value in handler.headers.items() if name.lower() not in ("connection", "content-length")}
        lab.request("POST", handler.path, body, headers)
        answer = lab.getresponse()
        text = answer.read()
        kept = {name: value for name, value in answer.getheaders() if name.lower() in ("content-type", "x-amzn-requestid", "date")}
        lab.close()
        return answer.status, kept, text

    def refusal(self, way, target):
        status, in_json, in_query, message = REFUSALS[way]
        if target:
            text = f'{{"__type":"{in_json}","message":"{message}"}}'
            return status, {"Content-Type": "application/x-amz-json-1.1"}, text.encode()
        text = (f"<ErrorResponse><Error><Type>Sender</Type><Code>{in_query}</Code><Message>{message}</Message></Error>"
                "<RequestId>spoiled</RequestId></ErrorResponse>")
        return status, {"Content-Type": "text/xml"}, text.encode()
