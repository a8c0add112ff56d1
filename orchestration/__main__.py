"""``python -m orchestration``: the ``vouch`` command, whether or not it is on the PATH."""

from orchestration.cli import main

if __name__ == "__main__":
    main()
