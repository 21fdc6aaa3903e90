"""The review app: pages on the server, forms that need no script."""
