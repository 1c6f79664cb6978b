"""One HTTPS server on this machine: prints its port, answers two connections, ends. Arguments: certificate, key."""
import signal
import socket
import ssl
import sys

signal.alarm(20)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(sys.argv[1], sys.argv[2])
listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)
for _ in range(2):
    plain, _ = listener.accept()
    try:
        with context.wrap_socket(plain, server_side=True) as client:
            client.recv(65536)
            client.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\nConnection: close\r\n\r\ntrusted")
    except (ssl.SSLError, ConnectionError):
        plain.close()
