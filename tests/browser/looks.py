"""What a page looks like, as a list of sentences about what is wrong with it: for axe's eyes, and for small screens."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

FAULTS = {"resultTypes": ["violations"]}  # what is right needn't be listed: half the time
COLOURS = FAULTS | {"runOnly": ["color-contrast"]}
WORDS = FAULTS | {"rules": {"color-contrast": {"enabled": False}}}

# What is wrong on the page now, as a list of sentences. The SDK's own elements are Xendit's to test.
LOOK = """() => {
  const ours = element => !element.closest('xendit-channel-picker, .xendit-dialog, pre, table, svg, .sequence')
  const shown = element => element.checkVisibility({visibilityProperty: true}) && !element.closest('.vh, .skip')
  const words = element => element.textContent.trim().replace(/\\s+/g, ' ').slice(0, 60)
  const name = element => `${element.tagName.toLowerCase()} “${words(element)}”`
  for (const spoken of document.querySelectorAll('.vh')) spoken.style.display = 'none'
  const wrong = []
  const page = document.scrollingElement
  if (page.scrollWidth > innerWidth) wrong.push(`the page is ${page.scrollWidth} wide`)
  for (const element of document.querySelectorAll('button, label, legend, summary, h1, h2, h3, a, .badge, .chip')) {
    if (!ours(element) || !shown(element) || getComputedStyle(element).display === 'inline') continue
    if (element.scrollWidth > element.clientWidth + 1) wrong.push(`${name(element)} is cut or sticks out`)
    if (element.scrollHeight > element.clientHeight + 1 && getComputedStyle(element).overflowY !== 'visible')
      wrong.push(`${name(element)} is cut below`)
  }
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  while (texts.nextNode()) {
    const text = texts.currentNode, parent = text.parentElement
    if (!text.data.trim() || !ours(parent) || !shown(parent) || parent.closest('select')) continue
    const range = document.createRange()
    range.selectNodeContents(text)
    const boxes = [...range.getClientRects()].filter(box => box.width > 1)
    if (boxes.some(box => box.left < 0 || box.right > innerWidth + 0.5)) wrong.push(`${name(parent)} leaves the screen`)
    let block = parent
    while (getComputedStyle(block).display.startsWith('inline')) block = block.parentElement
    const edge = block.getBoundingClientRect().right + 1
    if (boxes.some(box => box.right > edge)) wrong.push(`${name(parent)} leaves its box`)
    const lines = new Set(boxes.map(box => Math.round(box.top))).size
    if (lines > 2 && parent.closest('button, .badge, .chip')) wrong.push(`${name(parent)} takes ${lines} lines`)
  }
  for (const spoken of document.querySelectorAll('.vh')) spoken.style.display = ''
  return wrong
}"""


def settle(page: Page) -> None:
    """Fades are over, so that colours are what they will stay; what turns for ever is not waited for."""
    page.evaluate(
        """() => Promise.race([
          Promise.allSettled(document.getAnimations().map(animation => animation.finished)),
          new Promise(resolve => setTimeout(resolve, 1000)),
        ]).then(() => null)"""
    )


def axe_findings(page: Page, options: dict[str, Any] = FAULTS) -> list[str]:
    """What axe finds, but for what Xendit's SDK draws; ``COLOURS`` looks at nothing else, ``WORDS`` at all else, but
    for code, which is the same in every language."""
    settle(page)
    exclude = ["xendit-channel-picker", *(["pre"] if options is WORDS else [])]
    found = Axe().run(page, context={"exclude": exclude}, options=options).response["violations"]
    return [f"{each['id']}: {node['html']} {node['failureSummary']}" for each in found for node in each["nodes"]]


def misfits(page: Page) -> list[Any]:
    """What is cut, sticks out or wraps badly at the page's present width."""
    page.wait_for_load_state()
    found: list[Any] = page.evaluate(LOOK)
    return found
