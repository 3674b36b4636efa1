"""Read QR codes off the screen, as a phone does that is held before it."""

import base64

import zxingcpp
from playwright.sync_api import Page

# The grey bytes of a picture; the browser unpacks it.
GREY = """async png => {
  const image = new Image()
  image.src = `data:image/png;base64,${png}`
  await image.decode()
  const canvas = new OffscreenCanvas(image.width, image.height).getContext('2d')
  canvas.drawImage(image, 0, 0)
  const pixels = canvas.getImageData(0, 0, image.width, image.height).data
  let grey = ''
  for (let at = 0; at < pixels.length; at += 4)
    grey += String.fromCharCode((pixels[at] * 299 + pixels[at + 1] * 587 + pixels[at + 2] * 114) / 1000)
  return [image.width, image.height, btoa(grey)]
}"""


def read_codes(page: Page) -> list[str]:
    """Return the texts of the codes that are in sight. Looks again for five seconds: a dialog may slide in."""
    for _ in range(20):
        if found := _read_codes(page):
            return found
        page.wait_for_timeout(250)
    return []


def _read_codes(page: Page) -> list[str]:
    blank = page.context.new_page()  # no policy forbids pictures there
    width, height, grey = blank.evaluate(GREY, base64.b64encode(page.screenshot()).decode())
    blank.close()
    picture = memoryview(base64.b64decode(grey)).cast("B", (height, width))
    # A phone's camera app doesn't try a negative.
    found = zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormat.QRCode, try_invert=False)
    return [code.text for code in found]
