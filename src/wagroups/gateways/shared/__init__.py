"""What every HTTP gateway needs: requests, lenient reading, WhatsApp's own codes, webhooks."""
