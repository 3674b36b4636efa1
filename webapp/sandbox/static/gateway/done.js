// The outcome is saved; this makes the SDK around the frame poll for it now.
if (parent !== window) parent.postMessage({ type: "xendit-iframe-action-complete" }, "*");
