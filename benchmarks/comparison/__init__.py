"""FluxLit beside what people would use instead, on the same work, in one run.

`contestants` start and stop the servers, each in an environment of its own; `applications` are what they serve;
`drivers` are the clients; `work` is what is measured; `report` makes the table, the plots and the page of it. The
schedule (`schedule.py`) lets contestants take turns and writes down each sample as it comes (`samples.py`), so that an
interrupted run goes on where it stopped.
"""
