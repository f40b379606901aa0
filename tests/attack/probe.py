"""Attempts made from inside a bottle. Takes a JSON list of argument lists, makes them one after the other and prints a
JSON list of what came of each."""
import json
import os
import socket
import ssl
import sys

TIMEOUT = 5


def tcp(host, port):
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as sock:
        sock.settimeout(TIMEOUT)
        sock.connect((host, int(port)))
    return "open"


def udp_dns(server, name):
    question = b"\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00"
    question += b"".join(bytes([len(part)]) + part.encode() for part in name.split(".")) + b"\x00\x00\x01\x00\x01"
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.settimeout(TIMEOUT)
        sock.sendto(question, (server, 53))
        answer = sock.recv(512)
    return "rcode-%d-answers-%d" % (answer[3] & 15, int.from_bytes(answer[6:8], "big"))


def resolve(name):
    return "resolved " + socket.gethostbyname(name)


def status_of(data):
    first = data.split(b"\r\n", 1)[0].split(b" ")
    return first[1].decode() if len(first) > 1 and first[0].startswith(b"HTTP/") else "closed"


def read_head(sock):
    data = b""
    while b"\r\n\r\n" not in data and len(data) < 65536:
        chunk = sock.recv(4096)
        if not chunk:
            break
        data += chunk
    return data


def proxy():
    return socket.create_connection(("egress", 9099), TIMEOUT)


def raw(text):
    with proxy() as sock:
        sock.sendall(decode(text))
        return status_of(read_head(sock))


def tunnel(target, sni, text):
    with proxy() as sock:
        sock.sendall(("CONNECT %s HTTP/1.1\r\nHost: %s\r\n\r\n" % (target, target)).encode())
        connect = status_of(read_head(sock))
        if connect != "200":
            return "connect-" + connect
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        try:
            with context.wrap_socket(sock, server_hostname=None if sni == "-" else sni) as tls:
                tls.sendall(decode(text))
                return status_of(read_head(tls))
        except (ssl.SSLError, ConnectionError):
            return "tls-refused"


def plain_in_tunnel(target, text):
    with proxy() as sock:
        sock.sendall(("CONNECT %s HTTP/1.1\r\nHost: %s\r\n\r\n" % (target, target)).encode())
        read_head(sock)
        sock.sendall(decode(text))
        return status_of(read_head(sock))


def decode(text):
    return text.encode("latin-1").decode("unicode_escape").encode("latin-1")


ATTEMPTS = {"tcp": tcp, "udp-dns": udp_dns, "resolve": resolve, "raw": raw, "tunnel": tunnel, "plain-in-tunnel": plain_in_tunnel}


def attempt(name, *args):
    try:
        return ATTEMPTS[name](*args)
    except OSError as error:
        code = error.errno
        return "failed " + (os.strerror(code) if code and code > 0 else type(error).__name__)


print(json.dumps([attempt(*args) for args in json.loads(sys.argv[1])]))
