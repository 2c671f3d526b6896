"""HTTP gateways to WhatsApp.  Each folder is a stranger to the others; the engine knows them by `domain.ports`."""
