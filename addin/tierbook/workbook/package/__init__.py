"""The package itself: zip records, parts, relationships, XML, the list of sheets."""
