"""A bulk export as files of NDJSON: read line by line, spread by patient over files on disk, gathered again patient by patient."""
