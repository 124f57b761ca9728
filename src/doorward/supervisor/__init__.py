"""What `doorward run` starts and keeps alive: the database, the front, the worker, the demo."""
