"""`python -m twiliobridge.validate` is `twiliobridge validate`."""

import sys

from twiliobridge.cli import main

if __name__ == "__main__":
    sys.exit(main(["validate", *sys.argv[1:]]))
