"""A first visit in Chromium: bytes, requests, paint and layout, on a fast line with a slow CPU and on Slow 4G.

`make bench` prints it. Moments of paint follow whatever else the machine does, by a third and more. The processor time
of the page's main thread hardly does: compare that, two versions by turns, when a page changes. The official demo
store, measured the same way: 5,889 KB, 22 requests, LCP 1,032 ms with the CPU slowed down four times, first paint
4.3 s and LCP 17.6 s on Slow 4G, 291 ms of total blocking time.
"""

import statistics
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from tests.benchmarks.load import new_folder
from tests.browser.conftest import CHROMIUM, QUIET
from tests.faults.processes import ShopProcess

ROUNDS = 9
SLOW_4G = {"offline": False, "latency": 150, "downloadThroughput": 1.6e6 / 8, "uploadThroughput": 750e3 / 8}
SPENT = ("Task", "Layout", "RecalcStyle", "Script")  # as DevTools names them; the first holds the others
OBSERVE = """
window.seen = {lcp: 0, cls: 0, tbt: 0};
const each = (type, note) =>
  new PerformanceObserver(list => list.getEntries().forEach(note)).observe({type, buffered: true});
each('largest-contentful-paint', entry => { seen.lcp = entry.startTime; });
each('layout-shift', entry => { if (!entry.hadRecentInput) seen.cls += entry.value; });
each('longtask', entry => { seen.tbt += Math.max(0, entry.duration - 50); });
"""


def visit(browser: Browser, url: str, *, cpu: int = 1, network: dict[str, Any] | None = None) -> dict[str, float]:
    """Open the shop as a new visitor; times in ms, weight in bytes over the wire."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.add_init_script(OBSERVE)
    devtools = context.new_cdp_session(page)
    devtools.send("Network.enable")
    devtools.send("Performance.enable", {"timeDomain": "threadTicks"})
    seen = {"bytes": 0.0, "requests": 0.0}

    def finished(event: dict[str, Any]) -> None:
        seen["bytes"] += event["encodedDataLength"]
        seen["requests"] += event["encodedDataLength"] > 0  # what the memory cache gave is no request

    devtools.on("Network.loadingFinished", finished)
    if cpu > 1:
        devtools.send("Emulation.setCPUThrottlingRate", {"rate": cpu})
    if network:
        devtools.send("Network.emulateNetworkConditions", network)
    page.goto(url, wait_until="networkidle")
    page.wait_for_timeout(300)
    metrics = {each["name"]: each["value"] for each in devtools.send("Performance.getMetrics")["metrics"]}
    spent = {name: metrics[f"{name}Duration"] * 1000 for name in SPENT}
    paint = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
    result = {**seen, **spent, "first paint": paint, **page.evaluate("window.seen")}
    context.close()
    return result


def swap(browser: Browser, url: str) -> float:
    """From the click on Add to the swapped cart panel, in ms."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.goto(url, wait_until="networkidle")
    took: float = page.evaluate("""() => new Promise(resolve => {
      const started = performance.now();
      document.addEventListener('htmx:after:swap', () => resolve(performance.now() - started), {once: true});
      document.querySelector('#card-gayo button').click();
    })""")
    context.close()
    return took


def mounted(browser: Browser, url: str) -> float:
    """From Checkout to the SDK's form, in ms."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.goto(f"{url}/?currency=IDR&flow=pay&integration=components&cart=gayo:1", wait_until="networkidle")
    took: float = page.evaluate("""() => new Promise(resolve => {
      const started = performance.now();
      const timer = setInterval(() => {
        if (!document.querySelector('#components[data-state=ready]')) return;
        clearInterval(timer);
        resolve(performance.now() - started);
      }, 5);
      document.querySelector('#checkout .go').click();
    })""")
    context.close()
    return took


def median(rounds: list[dict[str, float]], name: str) -> str:
    values = sorted(each[name] for each in rounds)
    return f"{statistics.median(values):,.3g} ({values[0]:,.3g} to {values[-1]:,.3g})"


def main() -> None:
    folder = new_folder()
    shop = ShopProcess(database_url=f"sqlite:///{folder}/shop.db")
    shop.start()
    try:
        with sync_playwright() as playwright:
            switches = ["--no-sandbox", *(f"--disable-{name}" for name in QUIET)]
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=switches)
            visit(browser, shop.url)
            plain = [visit(browser, shop.url) for _ in range(ROUNDS)]
            slow_cpu = [visit(browser, shop.url, cpu=4) for _ in range(ROUNDS)]
            slow_line = [visit(browser, shop.url, network=SLOW_4G) for _ in range(ROUNDS)]
            swaps = [{"swap": swap(browser, shop.url)} for _ in range(ROUNDS)]
            mounts = [{"mounted": mounted(browser, shop.url)} for _ in range(ROUNDS)]
            browser.close()
    finally:
        shop.kill()
    kilobytes = [{"kB": each["bytes"] / 1000} for each in plain]
    print("A first visit in Chromium, medians (and spread) of", ROUNDS)
    print(f"  transferred, kB           {median(kilobytes, 'kB'):26} goal 30      official store 5,889")
    print(f"  requests                  {median(plain, 'requests'):26} goal 5       official store 22")
    print(f"  layout shift (CLS)        {median(plain, 'cls'):26} goal 0.02")
    for name in SPENT:
        print(f"  {f'main thread, {name}, ms':25} {median(plain, name):26}")
    print(f"  total blocking, 4x CPU    {median(slow_cpu, 'tbt'):26} goal 30      official store 291")
    print(f"  LCP with 4x CPU, ms       {median(slow_cpu, 'lcp'):26} goal 270     official store 1,032")
    print(f"  first paint, Slow 4G, ms  {median(slow_line, 'first paint'):26} goal 800     official store 4,300")
    print(f"  LCP, Slow 4G, ms          {median(slow_line, 'lcp'):26} goal 500     official store 17,600")
    print(f"  click to fragment, ms     {median(swaps, 'swap'):26}")
    print(f"  Checkout to SDK, ms       {median(mounts, 'mounted'):26}")


if __name__ == "__main__":
    main()
