"""Drive Firefox (Marionette, over TCP) and WebKit (WebKitWebDriver, over HTTP): one small client for both.

Debian packages no geckodriver, and no library drives both. Only the commands of the main walk are here.
https://www.w3.org/TR/webdriver2/ · https://firefox-source-docs.mozilla.org/testing/marionette/Protocol.html
"""

import base64
import json
import socket
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import httpx

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"  # the key under which the standard returns an element
PATIENCE = 20  # seconds, on a busy machine
ROUTES = {  # name in Marionette, which is the standard's: its HTTP route
    "Navigate": ("POST", "url"),
    "GetCurrentURL": ("GET", "url"),
    "Back": ("POST", "back"),
    "Forward": ("POST", "forward"),
    "ElementClick": ("POST", "element/{id}/click"),
    "ElementSendKeys": ("POST", "element/{id}/value"),
    "ElementClear": ("POST", "element/{id}/clear"),
    "ExecuteScript": ("POST", "execute/sync"),
    "SwitchToFrame": ("POST", "frame"),
    "PerformActions": ("POST", "actions"),
    "SetWindowRect": ("POST", "window/rect"),
    "DeleteAllCookies": ("DELETE", "cookie"),
    "GetCookies": ("GET", "cookie"),
    "TakeScreenshot": ("GET", "screenshot"),
    "DeleteSession": ("DELETE", ""),
}


class DriverError(Exception):
    """What the driver answered instead of a value."""


class Marionette:
    """Firefox's own protocol: messages of JSON, each after its length and a colon."""

    def __init__(self, port: int) -> None:
        self.connection = socket.create_connection(("127.0.0.1", port), timeout=60)
        self.stream = self.connection.makefile("rb")
        self.sent = 0
        self._read()  # it greets
        self.command("NewSession", {"pageLoadStrategy": "normal"})

    def command(self, name: str, parameters: dict[str, Any]) -> Any:
        self.sent += 1
        prefix = "" if ":" in name else "WebDriver:"
        message = json.dumps([0, self.sent, prefix + name, parameters]).encode()
        self.connection.sendall(b"%d:%b" % (len(message), message))
        _, _, error, result = self._read()
        if error:
            raise DriverError(f"{name}: {error['error']}: {error['message']}")
        return result["value"] if isinstance(result, dict) and set(result) == {"value"} else result

    def close(self) -> None:
        self.stream.close()
        self.connection.close()

    def _read(self) -> Any:
        length = b""
        while (byte := self.stream.read(1)) != b":":
            if not byte:
                raise DriverError("Firefox has ended")
            length += byte
        return json.loads(self.stream.read(int(length)))


class Http:
    """The standard's protocol."""

    def __init__(self, url: str, capabilities: dict[str, Any]) -> None:
        self.client = httpx.Client(base_url=url, timeout=60, trust_env=False)
        session = self._send("POST", "/session", {"capabilities": {"alwaysMatch": capabilities}})
        self.session = f"/session/{session['sessionId']}"

    def command(self, name: str, parameters: dict[str, Any]) -> Any:
        method, path = ROUTES[name]
        path = path.format(**parameters)
        return self._send(method, f"{self.session}/{path}".rstrip("/"), parameters)

    def close(self) -> None:
        self.command("DeleteSession", {})
        self.client.close()

    def _send(self, method: str, path: str, body: dict[str, Any]) -> Any:
        answer = self.client.request(method, path, json=body if method == "POST" else None)
        value = answer.json()["value"]
        if not answer.is_success:
            raise DriverError(f"{path}: {value['error']}: {value['message']}")
        return value


class Browser:
    """What a test does in a window, by CSS selectors. Each step waits for what it needs."""

    def __init__(self, driver: Marionette | Http, name: str, base_url: str) -> None:
        self.driver, self.name, self.base_url = driver, name, base_url

    def goto(self, path: str) -> None:
        self.driver.command("Navigate", {"url": self.base_url + path if path.startswith("/") else path})

    @property
    def url(self) -> str:
        return str(self.driver.command("GetCurrentURL", {}))

    def run(self, script: str, *args: Any) -> Any:
        """Return what a function's body returns, in the page or in the frame that was entered."""
        return self.driver.command("ExecuteScript", {"script": script, "args": list(args)})

    def until(self, holds: Callable[[], Any], what: str = "") -> Any:
        """Return the first true value. While a page is being replaced, errors are a no."""
        end, seen = time.monotonic() + PATIENCE, None
        while time.monotonic() < end:
            try:
                if value := holds():
                    return value
            except DriverError as error:
                seen = error
            time.sleep(0.05)
        said = self.run("return document.querySelector('#notice')?.innerText || ''")
        raise AssertionError(f"{self.name} waited in vain for {what or 'it'} at {self.url}: {seen or ''} {said}")

    def sees(self, selector: str, text: str = "") -> dict[str, str]:
        """Return the first element that can be seen and holds this text, once there is one."""
        script = """
        return [...document.querySelectorAll(arguments[0])].find(element => element.checkVisibility(
          {visibilityProperty: true}) && element.textContent.includes(arguments[1]))"""
        found: dict[str, str] = self.until(lambda: self.run(script, selector, text), f"{selector} {text}")
        return found

    def gone(self, selector: str) -> None:
        self.until(lambda: self.run("return !document.querySelector(arguments[0])", selector), f"no {selector}")

    def click(self, selector: str) -> None:
        """By the pointer, in the middle of the window, once it has stopped moving."""
        self.until(lambda: self._click(selector), f"a click on {selector}")

    def _click(self, selector: str) -> bool:
        self.driver.command("ElementClick", {"id": self._still(selector)[ELEMENT]})
        return True

    def _still(self, selector: str) -> dict[str, str]:
        """Return an element in the middle of the window, once it has stopped moving."""
        where = """arguments[0].scrollIntoView({block: 'center', behavior: 'instant'})
        return JSON.stringify(arguments[0].getBoundingClientRect())"""
        element, before, now = self.sees(selector), "", "nowhere yet"
        while before != now:
            before, now = now, self.run(where, element)
            time.sleep(0.05)
        return element

    def type(self, selector: str, text: str) -> None:
        """Type into a field, once it can be reached."""
        self.until(lambda: self._type(selector, text), f"typing into {selector}")

    def _type(self, selector: str, text: str) -> bool:
        self.driver.command("ElementSendKeys", {"id": self.sees(selector)[ELEMENT], "text": text})
        return True

    def press(self, key: str) -> None:
        """Press and release a key, wherever the focus is."""
        actions: Sequence[dict[str, str]] = [{"type": "keyDown", "value": key}, {"type": "keyUp", "value": key}]
        source = {"type": "key", "id": "keyboard", "actions": actions}
        self.driver.command("PerformActions", {"actions": [source]})

    def enter(self, selector: str) -> None:
        """Go into a frame, from the page."""
        self.driver.command("SwitchToFrame", {"id": None})
        frame = self._still(selector)
        identity = {"id": frame, "element": frame[ELEMENT]} if isinstance(self.driver, Marionette) else {"id": frame}
        self.driver.command("SwitchToFrame", identity)

    def leave(self) -> None:
        """Go back to the page."""
        self.driver.command("SwitchToFrame", {"id": None})

    def select(self, selector: str, value: str) -> None:
        """Choose from a list as a change by hand does: WebKit draws its menu outside of the page."""
        script = """
        const list = document.querySelector(arguments[0]); list.value = arguments[1];
        list.dispatchEvent(new Event('input', {bubbles: true}));
        list.dispatchEvent(new Event('change', {bubbles: true}))"""
        self.sees(selector)
        self.run(script, selector, value)

    def back(self) -> None:
        self.driver.command("Back", {})

    def resize(self, width: int, height: int) -> None:
        self.driver.command("SetWindowRect", {"width": width, "height": height})

    def shoot(self, path: Path) -> None:
        path.write_bytes(base64.b64decode(self.driver.command("TakeScreenshot", {})))
