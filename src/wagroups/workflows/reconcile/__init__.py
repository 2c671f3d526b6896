"""Read, plan, apply, look again: everything that may change a live group by plan."""
