"""The portal's page: who am I?"""

import streamlit as st

from fluxlit_auth import bearer_headers_from_session, prepare_streamlit_api_client

base = st.context.url or ""
client = prepare_streamlit_api_client(st, base_url=f"{base.rstrip('/')}/api")
if bearer_headers_from_session(st):
    st.header(f"Hello {client.get('/me').json()}")
else:
    st.header("Hello stranger")
    st.html('<a href="/api/auth/login" target="_self">Log in</a>')
