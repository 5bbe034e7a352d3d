"""A lighter first view: of Streamlit's fonts, each page loads the part that it shows.

What is made from Streamlit's files lives beside them: the stylesheet under its own path with a tag of its own, the part
of a font under a name of its own (`names`), the page with that name in it and a tag of its own. Whoever holds an
earlier, a later or the plain form of one of them sees the same page, at most with more bytes.
"""
