"""Official boundaries in place of the bundled ones: read a file, match its codes, make it a coverage, keep it.

The steps are pure functions, one file each; only `store` writes, and only below the data directory it is given.

    read -> codes -> assemble -> compare -> store

Nothing is guessed: a file whose axes are swapped, whose codes are of the other system, or that lies elsewhere is
refused with the fix named.
"""
