"""What everything else stands on: settings, database, clock, errors, access, people and the journal."""
