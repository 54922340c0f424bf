"""Everything that comes from outside; each reader returns a validated frame and a ReadReport."""
