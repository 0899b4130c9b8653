"""A GTP program that does what programs shouldn't, from its first move: misbehaving_gtp.py HOW."""

import sys
import time

HOW = sys.argv[1]
answers = {"name": "= bad", "version": "= 1"}
for line in sys.stdin:
    command = line.split()[0]
    answer = answers.get(command, "=")
    if command == "genmove":
        if HOW == "hang":
            time.sleep(3600)
        if HOW == "die":
            sys.exit("I am tired")
        while HOW == "flood":
            sys.stdout.write("= A1 " * 10_000)
        answer = {
            "garbage": "\x00\xff!",
            "nonsense": "= Z99",
            "illegal": "= A1",
            "stray": "= A5\n\n= pass",
            "refuse": "? no",
        }.get(HOW, "= pass")
    if HOW == "small" and command == "boardsize":
        answer = "? unacceptable size"
    sys.stdout.write(answer + "\n\n")
    sys.stdout.flush()
