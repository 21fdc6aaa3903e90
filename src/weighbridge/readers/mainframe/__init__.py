"""Mainframe files: records framed by the rules of their data set, fields decoded by their copybook."""
