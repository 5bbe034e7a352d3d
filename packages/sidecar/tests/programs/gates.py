import threading

GATES = {"wait": threading.Event()}
