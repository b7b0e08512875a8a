"""Our own routes beside the dashboard: login, signed recordings."""
