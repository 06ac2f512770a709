#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Both ends of the SMTP sessions of live.sh, over real sockets.

    peers.py server ADDRESS PORT READY-FILE
    peers.py clean ADDRESS PORT
    peers.py full ADDRESS PORT
    peers.py held ADDRESS PORT RELEASE-FILE

The server accepts every mail, but one to full@...: it answers the first text of
such a message with 552 and closes, long before the end of data (RFC 5321
4.1.1.4 lets it reply only then).  "held" leaves its session open until the file
is there.  Every socket has a time limit; none of these runs for ever.
"""
import os
import socket
import sys
import threading
import time

LIMIT = 40  # seconds that a server lives, and a socket waits


def lines(sock):
    """The lines of a connection; what follows a line stays in the buffer."""
    buffer = b""
    while True:
        while b"\r\n" not in buffer:
            octets = sock.recv(4096)
            if not octets:
                return
            buffer += octets
        line, buffer = buffer.split(b"\r\n", 1)
        yield line


def refuse_text(sock, text):
    """552 in the middle of the message, and goodbye."""
    for count, _ in enumerate(text):
        if count == 20:
            break
    sock.sendall(b"552 5.2.2 mailbox full\r\n")
    sock.shutdown(socket.SHUT_WR)
    while sock.recv(4096):
        pass


def serve(sock):
    sock.settimeout(LIMIT)
    text = lines(sock)
    full = False
    sock.sendall(b"220 mail.example.net ESMTP\r\n")
    for line in text:
        verb = line[:4].upper()
        if verb == b"EHLO":
            sock.sendall(b"250-mail.example.net\r\n250-PIPELINING\r\n250 SIZE 1000000\r\n")
        elif verb == b"DATA":
            sock.sendall(b"354 go ahead\r\n")
            if full:
                refuse_text(sock, text)
                return
            for body in text:
                if body == b".":
                    break
            sock.sendall(b"250 2.0.0 queued as 4F1A\r\n")
        elif verb == b"QUIT":
            sock.sendall(b"221 2.0.0 bye\r\n")
            return
        elif verb in (b"MAIL", b"RCPT", b"RSET", b"NOOP"):
            full = full or b"<full@" in line.lower()
            sock.sendall(b"250 2.1.0 fine\r\n")
        else:
            sock.sendall(b"500 5.5.2 what?\r\n")


def serve_and_close(sock):
    with sock:
        try:
            serve(sock)
        except OSError as error:
            print("server:", error, file=sys.stderr)


def server(address, port, ready):
    listener = socket.create_server((address, port))
    listener.settimeout(LIMIT)
    with open(ready, "w", encoding="ascii"):
        pass
    end = time.monotonic() + LIMIT
    while time.monotonic() < end:
        sock, _ = listener.accept()
        threading.Thread(target=serve_and_close, args=(sock,), daemon=True).start()


class Client:
    """Sends a line, reads a reply."""

    def __init__(self, address, port):
        self.sock = socket.create_connection((address, port), timeout=10)
        self.lines = lines(self.sock)
        self.reply()

    def reply(self):
        for line in self.lines:
            if line[3:4] != b"-":
                return line
        return b""

    def command(self, line):
        self.sock.sendall(line + b"\r\n")
        return self.reply()

    def start_mail(self, sender, recipient):
        self.command(b"EHLO client.example.org")
        self.command(b"MAIL FROM:<" + sender + b">")
        self.command(b"RCPT TO:<" + recipient + b">")

    def leave(self):
        self.command(b"QUIT")
        self.sock.close()


def clean(address, port):
    client = Client(address, port)
    client.start_mail(b"a@example.org", b"b@example.net")
    client.command(b"DATA")
    client.command(b"Subject: hello\r\n\r\nhello\r\n.")
    client.leave()


def full(address, port):
    client = Client(address, port)
    client.start_mail(b"a@example.org", b"full@example.net")
    client.command(b"DATA")
    for _ in range(4):
        client.sock.sendall(b"a line of the message\r\n" * 10)
        time.sleep(0.1)
    client.reply()
    client.sock.close()


def held(address, port, release):
    client = Client(address, port)
    client.start_mail(b"held@example.org", b"b@example.net")
    end = time.monotonic() + LIMIT
    while not os.path.exists(release) and time.monotonic() < end:
        time.sleep(0.05)
    client.leave()


def main():
    what = {"server": server, "clean": clean, "full": full, "held": held}
    what[sys.argv[1]](sys.argv[2], int(sys.argv[3]), *sys.argv[4:])


if __name__ == "__main__":
    main()
