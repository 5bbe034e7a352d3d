"""A folder for the entry script alone.

Streamlit puts the folder of the script it runs on ``sys.path``; nothing in this one can be taken for a module of the
user's.
"""
