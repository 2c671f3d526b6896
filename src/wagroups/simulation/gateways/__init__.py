"""The HTTP dialects of the gateways, in front of a simulated WhatsApp."""
