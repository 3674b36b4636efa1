"""The control of a sandbox that runs alone, by HTTP under /_sandbox/: for suites in any language."""
