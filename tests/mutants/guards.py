"""Every guard that `make mutants` breaks, one by one."""

from tests.mutants import access, kept, walls

GUARDS = (*access.GUARDS, *walls.GUARDS, *kept.GUARDS)
