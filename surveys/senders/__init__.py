"""Ways by which a message leaves the centre: a folder, an SMTP server, an SMS gateway; all behind one contract."""
