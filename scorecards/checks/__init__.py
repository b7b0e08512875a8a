"""How a machine answers a criterion: one module a kind of check."""
