"""A fake gateway on a loopback port: its front door, its webhooks, and the routes that disturb it."""
