"""The made-up call centre of the demo: written calls, their audio, the people who take them."""
