"""Every guard that `make mutants` breaks, one by one."""

from tests.mutants import access, walls

GUARDS = (*access.GUARDS, *walls.GUARDS)
