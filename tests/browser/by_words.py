"""Does what a scene's card says: presses, fills or looks for each “label” of a step, in its order."""

import re

from playwright.sync_api import FrameLocator, Locator, Page, expect

from webapp.presenter.scene import Scene

LABEL = re.compile(r"“([^”]+)”(?: to (\d+))?")
PATIENCE = 20
CONTROLS = ("button", "summary", ".xendit-accordion-item-header", "a", "label")


def play(page: Page, scene: Scene) -> None:
    for step in (*scene.shop, *scene.payment):
        follow(page, step)
    page.wait_for_url(re.compile(r"/orders/[^/]+$"))
    for step in scene.order:
        follow(page, step)


def follow(page: Page, step: str) -> None:
    here, _, at_xendit = step.partition("On Xendit's page")
    root: Page | FrameLocator = page
    if "Once that is done" in here:
        expect(page.get_by_text("done", exact=True)).to_be_visible()
    for label, value in LABEL.findall(here):
        press(page, root, label, value)
        if label == "Pretend phone":
            root = page.frame_locator(".phone iframe")
    if at_xendit:
        page.wait_for_url(re.compile("/sandbox/(pay|invoice)/"))
    for label, value in LABEL.findall(at_xendit):
        press(page, page, label, value)


def press(page: Page, root: Page | FrameLocator, label: str, value: str) -> None:
    """Presses what has the label: a button rather than a link; or fills it, or only sees it."""
    begins = re.compile(rf"^\s*{re.escape(label)}")
    if value:
        root.get_by_label(begins).fill(value)
        return
    menu = page.locator(".pages > summary")
    if label == "Orders" and menu.is_visible():  # the top of a narrow page
        menu.click()
    expect(root.get_by_text(label).locator("visible=true").first).to_be_visible()
    for _ in range(PATIENCE):  # what is swapped just now has none
        for kind in CONTROLS:
            control = root.locator(kind).filter(has_text=begins).locator("visible=true").first
            if control.count():
                use(control)
                return
        page.wait_for_timeout(50)
    text = root.locator("main").get_by_text(label).locator("visible=true").first  # the strip quotes it too
    expect(text).to_be_visible()
    if text.locator("xpath=ancestor::a").count():
        text.click()


def use(control: Locator) -> None:
    if control.evaluate("each => each.matches('details[open] > summary')"):
        return  # it is open already
    control.evaluate("each => each.removeAttribute('target')")  # in this window
    control.click()
