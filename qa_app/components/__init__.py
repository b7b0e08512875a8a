"""What several pages draw: the player with its transcript, forms, tables, filters."""
