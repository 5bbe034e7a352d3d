"""Books in a SQLite file: routes with SQLModel, and a page that calls them as functions."""

import csv
import io
import os
from collections.abc import Iterator
from typing import Annotated

from fastapi import Depends, HTTPException, UploadFile
from fastapi.responses import StreamingResponse
from sqlmodel import Field, Session, SQLModel, create_engine, select

from fluxlit import ApiClient, FluxLit

app = FluxLit(title="Books")
engine = create_engine(os.environ.get("BOOKS_DATABASE", "sqlite:///books.db"))


class BookData(SQLModel):
    title: str
    pages: int = 0


class Book(BookData, table=True):
    id: int | None = Field(default=None, primary_key=True)


SQLModel.metadata.create_all(engine)


def database() -> Iterator[Session]:
    with Session(engine) as session:
        yield session


Database = Annotated[Session, Depends(database)]


@app.api.get("/books")
def list_books(db: Database) -> list[Book]:
    return list(db.exec(select(Book).order_by(Book.title)))


@app.api.post("/books", status_code=201)
def add_book(book: BookData, db: Database) -> Book:
    stored = Book.model_validate(book)
    db.add(stored)
    db.commit()
    db.refresh(stored)
    return stored


@app.api.put("/books/{book_id}")
def change_book(book_id: int, book: BookData, db: Database) -> Book:
    stored = db.get(Book, book_id)
    if stored is None:
        raise HTTPException(404, "no such book")
    stored.sqlmodel_update(book)
    db.add(stored)
    db.commit()
    db.refresh(stored)
    return stored


@app.api.delete("/books/{book_id}", status_code=204)
def delete_book(book_id: int, db: Database) -> None:
    stored = db.get(Book, book_id)
    if stored is None:
        raise HTTPException(404, "no such book")
    db.delete(stored)
    db.commit()


@app.api.post("/import")
def import_books(file: UploadFile, db: Database) -> int:
    rows = list(csv.DictReader(io.TextIOWrapper(file.file, "utf-8")))
    db.add_all(Book(title=row["title"], pages=int(row["pages"])) for row in rows)
    db.commit()
    return len(rows)


@app.api.get("/export.csv")
def export_books(db: Database) -> StreamingResponse:
    lines = (f"{book.title},{book.pages}\n" for book in db.exec(select(Book).order_by(Book.title)).all())
    return StreamingResponse(iter(["title,pages\n", *lines]), media_type="text/csv")


@app.page("/")
def books(st, client: ApiClient) -> None:
    st.title("Books")
    shelf = client.call_unchecked(list_books)

    with st.form("new", clear_on_submit=True):
        title, pages = st.text_input("Title"), st.number_input("Pages", min_value=0, step=1)
        if st.form_submit_button("Add") and title:
            client.call_unchecked(add_book, book=BookData(title=title, pages=pages))
            st.rerun()

    rows = [book.model_dump() for book in shelf]
    edited = st.data_editor(rows, disabled=["id"], key="editor")
    if st.button("Save changes"):
        for before, after in zip(rows, edited, strict=True):
            if before != after:
                client.call_unchecked(change_book, book_id=after["id"], book=BookData.model_validate(after))
        st.rerun()

    ids = {book.title: book.id for book in shelf}
    chosen = st.selectbox("Delete", ids, index=None)
    if chosen and st.button("Delete it"):
        client.call_unchecked(delete_book, book_id=ids[chosen])
        st.rerun()

    upload = st.file_uploader("Import CSV", type="csv")
    if upload and st.button("Import"):
        count = client.upload("/import", upload).json()
        st.success(f"{count} books imported")
    st.download_button("Export CSV", client.get("/export.csv").content, file_name="books.csv", mime="text/csv")
