"""Splits commands, one JSON string a line, with shlex; null where it refuses."""
import json
import shlex
import sys

for line in sys.stdin:
    try:
        print(json.dumps(shlex.split(json.loads(line))))
    except ValueError:
        print("null")
