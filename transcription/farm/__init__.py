"""Where many recordings are transcribed: worker processes on this machine (a cluster later)."""
