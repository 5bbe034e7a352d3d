"""Tasks of a team: a small application that is made to be tested, and is (see `tests/`)."""

import os
import sqlite3
from collections.abc import Iterator
from typing import Annotated

from fastapi import Depends, HTTPException, WebSocket
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from fluxlit import ApiClient, FluxLit, Query
from fluxlit_auth import User

app = FluxLit(title="Tasks")

SCHEMA = "create table if not exists task (id integer primary key, title text, done integer default 0)"


class Task(BaseModel):
    id: int
    title: str
    done: bool = False


def database() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(os.environ.get("TASKS_DATABASE", "tasks.db"), check_same_thread=False)
    connection.execute(SCHEMA)
    try:
        yield connection
    finally:
        connection.close()


Database = Annotated[sqlite3.Connection, Depends(database)]


@app.api.get("/tasks")
def list_tasks(db: Database) -> list[Task]:
    rows = db.execute("select id, title, done from task order by id")
    return [Task(id=id_, title=title, done=done) for id_, title, done in rows]


@app.api.post("/tasks", status_code=201)
def add_task(title: str, db: Database) -> Task:
    with db:
        added = db.execute("insert into task (title) values (?)", [title])
    return Task(id=added.lastrowid or 0, title=title)


@app.api.post("/tasks/{task_id}/done")
def finish_task(task_id: int, db: Database) -> Task:
    with db:
        row = db.execute("update task set done = 1 where id = ? returning title", [task_id]).fetchone()
    if row is None:
        raise HTTPException(404, "no such task")
    return Task(id=task_id, title=row[0], done=True)


@app.api.get("/export")
def export(db: Database) -> StreamingResponse:
    tasks = list_tasks(db)
    return StreamingResponse((f"{task.model_dump_json()}\n" for task in tasks), media_type="application/jsonl")


@app.api.websocket("/shout")
async def shout(socket: WebSocket) -> None:
    await socket.accept()
    async for text in socket.iter_text():
        await socket.send_text(text.upper())


@app.page("/")
def tasks(st, client: ApiClient, user: User | None) -> None:
    st.title(f"Tasks of {user.name}" if user else "Tasks")
    title = st.text_input("Title")
    if st.button("Add", disabled=not title):
        client.post("/tasks", params={"title": title})
    for task in client.get_model("/tasks", list[Task]):
        st.checkbox(task.title, value=task.done, key=f"task-{task.id}", disabled=True)


@app.page("/task")
def one_task(st, client: ApiClient, number: Annotated[int, Query(alias="id")]) -> None:
    if st.button("Done"):
        client.post(f"/tasks/{number}/done").raise_for_status()
    task = next((each for each in client.get_model("/tasks", list[Task]) if each.id == number), None)
    st.title(task.title if task else "No such task")
    st.text("done" if task and task.done else "to do")
