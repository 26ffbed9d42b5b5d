"""`python -m twiliobridge.fuzz` is `twiliobridge fuzz`."""

import sys

from twiliobridge.cli import main

if __name__ == "__main__":
    sys.exit(main(["fuzz", *sys.argv[1:]]))
