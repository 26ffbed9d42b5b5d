"""Clients of the Realtime API that nobody here wrote, against the offline server.

`nox -s clients` makes their environments, npm's included, runs every cell of the table in docs/clients.md and
fails if one is red. `-- --write` writes that page anew; `-- --client NAME --feature NAME` runs a part.

clients      the eight, their drivers, and what each cannot do
features     what is asked of each, and what must have been seen, by the client and on the wire
drivers/     one script a client, run by an interpreter that has it: `DRIVER SCENARIO URL SPEECH` prints one
             line of JSON, the evidence: what the client gave to its user. Whether it will do is judged here.
run          one server and one driver, and what passed between them
mishaps      what the server is told to do wrong, and what must have been seen of it
letter       every event of the server, against the types of OpenAI's SDK
field_paths  the shape of an event: its fields by path, and what stands in them
recorded_paths  the fields of the server's events, against recorded sessions of the live service
"""
