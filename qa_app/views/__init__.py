"""One page a file: inputs, one read, draw, one act."""
