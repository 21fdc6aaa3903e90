"""Pure policy: effects to a verdict, totals and limits to a decision."""

from __future__ import annotations
