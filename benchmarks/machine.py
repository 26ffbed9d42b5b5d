"""The machine that the figures are of."""

import os
import platform
from datetime import UTC, datetime
from pathlib import Path


def machine() -> dict[str, str]:
    return {
        "when": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "processor": processor(),
        "cores": str(os.cpu_count()),
        "memory": f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GiB",
        "system": f"{platform.system()} {platform.release().partition('-')[0]}",
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "load before": " ".join(f"{each:.1f}" for each in os.getloadavg()),
    }


def stolen(core: int) -> float:
    """Seconds since boot in which this core had work, and the hypervisor ran others: proc(5), `steal`."""
    with Path("/proc/stat").open(encoding="ascii") as stat:
        fields = next(line.split() for line in stat if line.startswith(f"cpu{core} "))
    return int(fields[8]) / os.sysconf("SC_CLK_TCK")


def processor() -> str:
    for line in Path("/proc/cpuinfo").read_text("ascii", "replace").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()
