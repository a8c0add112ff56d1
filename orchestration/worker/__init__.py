"""The warm worker: a server that has imported everything, and forks a process per run.

``server.py`` is the server, ``running.py`` what its children do, ``watching.py`` the child that
looks at inbox and drop folder, ``launcher.py`` Dagster's side, ``address.py`` how the two meet.
"""
