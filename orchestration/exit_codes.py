"""How a command ends; part of the interface, because schedulers read them."""

PUBLISHED = 0
OTHER = 1
REFUSED = 3
SOURCE = 4
BUSY = 5
