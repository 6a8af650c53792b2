"""Ports for servers that tests start by themselves."""
import random
import socket


def is_open(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def free_port():
    """Below the kernel's range for outgoing connections, as scripts/stack does it."""
    while True:
        port = random.SystemRandom().randrange(20000, 32000)
        if not is_open(port):
            return port
