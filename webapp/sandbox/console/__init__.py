"""The console of a sandbox that runs alone: what was created, sent and asked, for the developer at this machine."""
