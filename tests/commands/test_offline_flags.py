"""What `twiliobridge offline` says of flags that are none."""

import pytest

from twiliobridge.cli import main


@pytest.mark.parametrize("server", ["shop", "=python", "shop="])
def test_an_mcp_server_without_a_label_or_a_command_is_one_line(server, capsys):
    with pytest.raises(SystemExit) as left:
        main(["offline", "--mcp", server])
    assert left.value.code == 2
    assert f"a server is LABEL=COMMAND, was {server!r}" in capsys.readouterr().err
