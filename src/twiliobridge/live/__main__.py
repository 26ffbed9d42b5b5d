"""`python -m twiliobridge.live` is `twiliobridge live`."""

import sys

from twiliobridge.cli import main

if __name__ == "__main__":
    sys.exit(main(["live", *sys.argv[1:]]))
