"""What a call costs, beside other bridges. `nox -s bench` runs it; it is no part of the package."""
