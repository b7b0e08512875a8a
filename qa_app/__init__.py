"""The application: one command, one web process, one worker over the transcription and scorecards slices."""
