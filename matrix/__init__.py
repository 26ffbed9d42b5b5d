"""Other people's bridges, and ours, judged by `twiliobridge validate`: `nox -s matrix` writes docs/matrix.md.

`bridges/` has a file for each: how it is installed, started, and reached. `programs/` are minimal programs on
top of those that are libraries, as their own documentation tells a user to write them. Code of others is not
in this repository: what a registry has is installed, what none has is named by `--checkout NAME=PATH`.

A bridge that can be told the address of its model is told. One that knows only OpenAI's is started with
`reroute/` in front of it, which makes its connection to that host one to the suite's model; nothing of the
bridge itself is changed.
"""
