"""The contract room: reads an ODCS document, judges it, and gives the plain model of it."""
