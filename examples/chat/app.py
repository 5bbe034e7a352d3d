from collections.abc import AsyncIterator

from fastapi.responses import StreamingResponse

from fluxlit import ApiClient, FluxLit

app = FluxLit(title="Chat")


async def tokens(question: str) -> AsyncIterator[str]:
    """Stands for a language model: yields its answer word by word."""
    for word in f"You asked: {question}".split():
        yield f"{word} "


@app.api.get("/answer")
def answer(question: str) -> StreamingResponse:
    return StreamingResponse(tokens(question), media_type="text/plain")


@app.page("/")
def chat(st, client: ApiClient) -> None:
    st.title("Chat")
    history = st.session_state.setdefault("history", [])
    for role, text in history:
        st.chat_message(role).write(text)
    question = st.chat_input("Ask something")
    if question:
        st.chat_message("user").write(question)
        text = st.chat_message("assistant").write_stream(client.stream_text("/answer", params={"question": question}))
        history += [("user", question), ("assistant", text)]
