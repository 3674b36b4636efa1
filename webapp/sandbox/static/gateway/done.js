// The outcome is saved already; this only tells the SDK around the frame to ask for it now.
if (parent !== window) parent.postMessage({ type: "xendit-iframe-action-complete" }, "*");
