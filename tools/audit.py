"""Look the packages that run up among known vulnerabilities: `make audit`.

Exits with 0 if all were looked up and none is vulnerable, with 1 if one is, and with 2 if some could not be looked up.
"""

import json
import subprocess
import sys
from typing import Any

COMMAND = [sys.executable, "-m", "pip_audit", "--require-hashes", "--disable-pip", "-r", "requirements.txt"]
COMMAND += ["--format", "json", "--progress-spinner", "off"]


def verdict(packages: list[dict[str, Any]]) -> tuple[int, list[str]]:
    """Return the exit code and the sentences for what pip-audit reports of each package."""
    unknown = [package["name"] for package in packages if "skip_reason" in package]
    if len(unknown) == len(packages):
        return 2, ["Nothing was audited: the vulnerability service knows none of the packages, or could not be asked."]
    found = [
        f"{package['name']} {package['version']}: {vuln['id']}, fixed in {', '.join(vuln['fix_versions']) or 'none'}."
        for package in packages
        for vuln in package.get("vulns", [])
    ]
    lines = found or [f"{len(packages) - len(unknown)} of {len(packages)} packages audited: no known vulnerability."]
    if unknown:
        lines.append(f"Not audited, because the vulnerability service does not know them: {', '.join(unknown)}.")
    return 1 if found else 2 if unknown else 0, lines


def audit() -> tuple[int, list[str]]:
    """Ask the vulnerability service by pip-audit, for at most two minutes."""
    try:
        result = subprocess.run(COMMAND, capture_output=True, text=True, timeout=120)
        return verdict(json.loads(result.stdout)["dependencies"])
    except subprocess.TimeoutExpired:
        reason = "the vulnerability service did not answer within two minutes."
    except json.JSONDecodeError:  # pip-audit has no report where it can't connect
        reason = (result.stderr.strip().splitlines() or ["pip-audit gave no reason."])[-1]
    return 2, [f"Nothing was audited: {reason}"]


if __name__ == "__main__":
    code, lines = audit()
    print(*lines, sep="\n")
    raise SystemExit(code)
