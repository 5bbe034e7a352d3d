"""The program that a Streamlit sidecar runs: ``python -m fluxlit_sidecar.streamlit_server``.

It serves ``streamlit.starlette.App`` on the socket that its supervisor bound, warmed before it says that it is ready
and free of the costs that ``streamlit run`` has on each run of a script. Importing Streamlit is left to this program.
"""
