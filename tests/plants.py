# ruff: noqa: E501 - a leak is a line, so that they can be read as a list
"""Leaks to be planted in a book, one at a time: those of a review, most likely first, and more of our own.

    python -m tests.plants          how many of them the audit finds, and which it misses

Each is a function that writes into a small book; `SECRET` is where the data would lie. The first 76 are a review's.
"""

from __future__ import annotations

import base64
import gzip
import io
import json
import sys
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

PERSON = "01017012345"
# With right control digits; also those of a day below the tenth, whose first 0 a column of numbers loses.
VALID = "01017010251"
RESPONDENT, OFFICES = 202400017, range(10001, 10266)
Plant = Callable[[Path, Path], None]
PLANTS: dict[str, Plant] = {}


def write(book: Path, name: str, content: str | bytes) -> None:
    """Write a file of the book."""
    path = book / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)


def plant(name: str, file: str, content: str | bytes | Callable[[Path], str | bytes]) -> None:
    """Add a leak that is one file."""
    assert name not in PLANTS, name

    def planted(book: Path, secret: Path) -> None:
        write(book, file, content(secret) if callable(content) else content)

    PLANTS[name] = planted


def page(body: str, head: str = "") -> str:
    """A page around a leak."""
    return f"<!DOCTYPE html><html><head>{head}<title>x</title></head><body>{body}</body></html>"


def data_root(folder: Path) -> Path:
    """A data root of one wave, with ids as the survey's."""
    folder.mkdir(parents=True)
    ids = range(202400001, 202400301)
    (folder / "survey_2024.csv").write_text("respondent_id\n" + "".join(f"{i}\n" for i in ids))
    rows = "".join(f"{i},{OFFICES[i % 265]}\n" for i in ids)
    (folder / "frame_2024.csv").write_text("respondent_id,office_id\n" + rows)
    return folder


def zipped(**members: str | bytes) -> bytes:
    """A zip file."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        for name, content in members.items():
            file.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return buffer.getvalue()


def workbook(fill: Callable[..., None], **properties: str) -> bytes:
    """A workbook that a function fills."""
    import openpyxl

    book, buffer = openpyxl.Workbook(), io.BytesIO()
    fill(book.active)
    for name, value in properties.items():
        setattr(book.properties, name, value)
    book.save(buffer)
    return buffer.getvalue()


def picture(kind: str, **words: str) -> bytes:
    """A small picture with words in its head."""
    from PIL import Image, PngImagePlugin

    image, buffer = Image.new("RGB", (8, 8)), io.BytesIO()
    if kind == "PNG":
        info = PngImagePlugin.PngInfo()
        for name, value in words.items():
            info.add_text(name, value)
        image.save(buffer, "PNG", pnginfo=info)
    else:
        exif = Image.Exif()
        exif[0x010E] = words.get("description", "")
        exif[0x013B] = words.get("artist", "")
        image.save(buffer, kind, exif=exif)
    return buffer.getvalue()


def document(change: Callable[..., None] | None = None, text: str = "Rapport") -> bytes:
    """A PDF, changed by a function."""
    import typst
    from pypdf import PdfWriter

    writer, buffer = PdfWriter(), io.BytesIO()
    writer.append(io.BytesIO(typst.compile(f'#set document(title: "x")\n{text}'.encode(), format="pdf")))
    if change:
        change(writer)
    writer.write(buffer)
    return buffer.getvalue()


def notebook(cell: dict[str, object], **metadata: object) -> str:
    """A notebook of one cell."""
    whole = {"cell_type": "markdown", "source": "", "metadata": {}, "id": "a"} | cell
    return json.dumps({"cells": [whole], "metadata": metadata, "nbformat": 4, "nbformat_minor": 5})


def fragment(words: str) -> bytes:
    """A part of the search index, as pagefind packs it."""
    return gzip.compress(b"pagefind_dcd" + json.dumps({"content": words}).encode())


def lines(rows: int, columns: int, head: str, start: int = 1) -> str:
    """A file with a person per row."""
    told = "".join(",".join(str((start + row) * (at + 3) % 97) for at in range(columns)) + "\n" for row in range(rows))
    return head + "\n" + told


def add_link(address: str) -> Callable[..., None]:
    """A link on the first page."""

    def change(writer: object) -> None:
        from pypdf.annotations import Link
        from pypdf.generic import DictionaryObject, NameObject, TextStringObject

        link = Link(rect=(0, 0, 9, 9), target_page_index=0)
        link[NameObject("/A")] = DictionaryObject(
            {NameObject("/S"): NameObject("/URI"), NameObject("/URI"): TextStringObject(address)}
        )
        writer.add_annotation(0, link)  # type: ignore[attr-defined]

    return change


def script(words: str) -> Callable[..., None]:
    """A script that runs when the document is opened."""

    def change(writer: object) -> None:
        from pypdf.generic import DictionaryObject, NameObject, TextStringObject

        action = {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject(words)}
        writer.root_object[NameObject("/OpenAction")] = DictionaryObject(action)  # type: ignore[attr-defined]

    return change


def note(text: str) -> Callable[..., None]:
    """A note on the first page."""

    def change(writer: object) -> None:
        from pypdf.annotations import FreeText

        writer.add_annotation(0, FreeText(text=text, rect=(0, 0, 9, 9)))  # type: ignore[attr-defined]

    return change


def xmp(words: str) -> bytes:
    """Metadata of a PDF."""
    return (
        '<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF '
        'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" '
        f'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:creator>{words}</dc:creator></rdf:Description></rdf:RDF>'
        '</x:xmpmeta><?xpacket end="w"?>'
    ).encode()


def comment(sheet: object, words: str) -> None:
    """A note on a cell."""
    from openpyxl.comments import Comment

    sheet["A1"] = 1  # type: ignore[index]
    sheet["A1"].comment = Comment(words, "x")  # type: ignore[index]


# Those that were found before --------------------------------------------------------------------------------------

plant("page", "index.html", page(f"<p>{PERSON}</p>"))
plant("picture's text", "figures/a.svg", f"<svg xmlns='http://www.w3.org/2000/svg'><text>{PERSON}</text></svg>")
plant("comment in a page", "index.html", page(f"<!-- {PERSON} -->"))
plant("workbook's cell", "exhibits/a.xlsx", workbook(lambda sheet: sheet.append(["x", PERSON])))
plant("PDF's title", "report.pdf", document(lambda writer: writer.add_metadata({"/Title": PERSON})))
plant("PDF's page", "report.pdf", document(text=f"Person {PERSON}"))
plant("CSV with respondent_id", "exhibits/a.csv", "respondent_id,svar\n1,2\n")
plant("CSV with office_id; semicolons", "exhibits/a.csv", "office_id;svar\n1;2\n")
plant("notebook's outputs", "notebooks/a.ipynb",
      notebook({"cell_type": "code", "execution_count": 1,
                "outputs": [{"output_type": "stream", "name": "stdout", "text": "1"}]}))  # fmt: skip
plant("path /home", "index.html", page("<p>/home/kari/data/survey.csv</p>"))
plant("path of Windows", "exhibits/a.csv", "source\nC:\\Users\\kari\\fil.sav\n")
plant("traceback", "index.html", page("Traceback (most recent call last)"))
plant("style's address", "theme/a.css", "a{background:url(https://x.example/a.png)}")
plant("script's address in a page", "index.html", page('<script src="https://cdn.example/a.js"></script>'))
plant("data file", "exhibits/rows.parquet", b"PAR1 rows PAR1")
plant("CSV's cell", "exhibits/a.csv", f"wave,estimate\n{PERSON},1\n")
plant("six and five digits", "index.html", page("010170 12345"))
plant("JSON's keys", "data.json", '{"office_id": [1, 2]}')
plant("page's table head", "index.html", page("<table><tr><th>respondent_id</th></tr></table>"))
plant("data root's path", "index.html", lambda secret: page(str(secret.resolve())))
plant("import in a style", "theme/a.css", '@import url("https://fonts.example/a.css");')
plant("account's name", "index.html", page("<!-- built by karinordmann -->"))
plant("file address in a style", "theme/a.css", "/* file:///data/x */")

# The review's that were missed, most likely ones first -------------------------------------------------------------

plant("float, as pandas prints it", "index.html", page("<td>01017012345.0</td>"))
plant("hyphen between date and number", "index.html", page("010170-12345"))
plant("no-break space between", "index.html", page("010170\u00a012345"))
plant("narrow no-break space between", "index.html", page("010170\u202f12345"))
plant("entity of a no-break space between", "index.html", page("010170&nbsp;12345"))
plant("search index", "pagefind/fragment/nb_1.pf_fragment", fragment(f"Person {PERSON} svarte"))
plant("search index, its words", "pagefind/index/nb_1.pf_index", gzip.compress(b"pagefind_dcd\x84\x6b" + PERSON.encode() + b"\x00"))
plant("PNG's text", "figures/a.png", picture("PNG", Comment=PERSON))
plant("JPEG's EXIF", "figures/a.jpg", picture("JPEG", description=PERSON))
plant("JPEG's artist", "figures/a.jpeg", picture("JPEG", artist="karinordmann"))
plant("data address in a page", "index.html",
      page(f'<img src="data:text/plain;base64,{base64.b64encode(PERSON.encode()).decode()}">'))  # fmt: skip
plant("data address in a style", "theme/a.css",
      f"a{{background:url(data:image/svg+xml;base64,{base64.b64encode(f'<svg><text>{PERSON}</text></svg>'.encode()).decode()})}}")  # fmt: skip
plant("notebook's attachment", "notebooks/a.ipynb",
      notebook({"attachments": {"a.csv": {"text/csv": base64.b64encode(b"respondent_id\n1\n").decode()}}}))  # fmt: skip
plant("PDF's XMP", "report.pdf", document(lambda writer: setattr(writer, "xmp_metadata", xmp(PERSON))))
plant("PDF's attachment", "report.pdf", document(lambda w: w.add_attachment("a.csv", f"fnr\n{PERSON}\n".encode())))
plant("PDF's outline", "report.pdf", document(lambda writer: writer.add_outline_item(title=PERSON, page_number=0)))
plant("PDF's note", "report.pdf", document(note(PERSON)))
plant("PDF's link to a file", "report.pdf", document(add_link("file:///home/kari/survey.sav")))
plant("CSV head in capitals", "exhibits/a.csv", "RESPONDENT_ID,SVAR\n1,2\n")
plant("CSV head with a byte-order mark", "exhibits/a.csv", "\ufeffrespondent_id,svar\n1,2\n")
plant("CSV head with upright strokes", "exhibits/a.csv", "respondent_id|svar\n1|2\n")
plant("CSV in UTF-16", "exhibits/a.csv", f"fnr;svar\n{PERSON};2\n".encode("utf-16"))
plant("CSV head on the second line", "exhibits/a.csv", "Uttrekk 2024\nrespondent_id,svar\n1,2\n")
plant("log", "build.log", f"read {PERSON}")
plant("backup of a page", "index.html.bak", page("01017012345"))
plant("packed file", "exhibits/a.csv.gz", gzip.compress(b"respondent_id\n1\n"))
plant("Word document", "vedlegg.docx", zipped(word__document_dot_xml=f"<w:t>{PERSON}</w:t>"))
plant("binary file", "exhibits/a.bin", b"\x00\x01\x02rows")
plant("parquet without its ending", "exhibits/rows", b"PAR1 rows PAR1")
plant("parquet called a page", "exhibits/rows.html", b"PAR1 rows PAR1")
plant("file's name", f"exhibits/{PERSON}.csv", "wave,estimate\n2024,1\n")
plant("folder's name", f"{PERSON}/a.csv", "wave,estimate\n2024,1\n")
plant("path /data", "index.html", page("<p>/data/veiledere/survey_2024.sav</p>"))
plant("path /opt", "index.html", page("<p>/opt/nav/uttrekk.csv</p>"))
plant("network path of Windows", "index.html", page(r"<p>\\navfil01\veiledere\survey_2024.sav</p>"))
plant("data root in percent code", "index.html", lambda secret: page(str(secret.resolve()).replace("/", "%2F")))
plant("data root in JSON", "a.json", lambda secret: json.dumps({"p": str(secret.resolve())}).replace("/", "\\/"))
plant("picture from elsewhere, unquoted", "index.html", page("<img src=https://x.example/a.png>"))
plant("style from elsewhere, unquoted", "index.html", page("", "<link rel=stylesheet href=https://x.example/a.css>"))
plant("style from elsewhere beside a canonical link", "index.html",
      page("", '<link rel="canonical" href="https://bok.example/"><link href="https://x.example/a.css" rel="stylesheet">'))  # fmt: skip
plant("style from elsewhere that says canonical, too", "index.html",
      page("", '<link rel="canonical stylesheet" href="https://x.example/a.css">'))  # fmt: skip
plant("SVG's image", "figures/a.svg", '<svg><image href="https://x.example/a.png"/></svg>')
plant("SVG's image, old spelling", "figures/a.svg", '<svg><image xlink:href="//x.example/a.png"/></svg>')
plant("fetch in a script", "theme/a.js", 'fetch("https://x.example/" + document.title)')
plant("form", "index.html", page('<form action="https://x.example/"><input name="q"></form>'))
plant("refresh", "index.html", page("", '<meta http-equiv="refresh" content="0; url=https://x.example/">'))
plant("handler in a tag", "index.html", page("<p onclick=\"location='//x.example/'\">x</p>"))
plant("address that a script opens", "index.html", page('<a href="javascript:alert(1)">x</a>'))
plant("CSV of a person per row, renamed", "exhibits/a.csv", lines(4819, 6, "a,b,c,d,e,f"))
plant("CSV with n of one person", "exhibits/a.csv", "wave,group,estimate,n\n2024,unge,33.0,1\n2024,eldre,2.0,50\n")
plant("escaped digits in a script", "theme/a.js", 'var a = "\\u0030\\u0031017012345";')
plant("digits as entities", "index.html", page("&#48;1017012345"))
plant("data root written with strokes of Windows", "index.html", lambda s: page(str(s.resolve()).replace("/", "\\")))
assert len(PLANTS) == 76, len(PLANTS)

# Our own -----------------------------------------------------------------------------------------------------------

plant("respondent's id in a page", "index.html", page(f"<p>{RESPONDENT}</p>"))
plant("respondent's id as a float", "index.html", page(f"<p>{RESPONDENT}.0</p>"))
plant("respondent's id with thousands", "index.html", page("<p>202\u00a0400\u00a0017</p>"))
plant("respondent's id in a picture", "figures/a.svg", f"<svg><g id='p{'x'}'><title>{RESPONDENT}</title></g></svg>")
plant("respondent's id in an attribute", "index.html", page(f'<p data-x="{RESPONDENT}">x</p>'))
plant("respondent's id in the search index", "pagefind/fragment/a.pf_fragment", fragment(f"nr {RESPONDENT}"))
plant("respondent's id in a script", "theme/a.js", f"var a = [{RESPONDENT}, 2];")
plant("respondents' column, renamed", "exhibits/a.csv",
      "nr,svar\n" + "".join(f"{202400001 + i},1\n" for i in range(40)))  # fmt: skip
plant("offices' column, renamed", "exhibits/a.csv", "sted;svar\n" + "".join(f"{office};1\n" for office in OFFICES[:40]))
plant("offices' column as floats", "exhibits/a.csv", "sted\tx\n" + "".join(f"{o}.0\t1\n" for o in OFFICES[:40]))
plant("offices' column in a page", "index.html",
      page("<table>" + "".join(f"<tr><td>{o}</td><td>4</td></tr>" for o in OFFICES[:40]) + "</table>"))  # fmt: skip
plant("offices' column in a workbook", "exhibits/a.xlsx",
      workbook(lambda sheet: [sheet.append([o, 1]) for o in OFFICES[:40]]))  # fmt: skip
plant("offices in JSON", "a.json", json.dumps([{"sted": o, "n": 40} for o in OFFICES[:40]]))
plant("offices in JSON, by column", "a.json", json.dumps({"sted": list(OFFICES[:40])}))
plant("a birth number that lost its first 0", "exhibits/a.csv", f"wave,estimate\n{int(VALID)},1\n")
plant("a birth number that lost its first 0, as a float", "exhibits/a.csv", f"wave,estimate\n{int(VALID)}.0,1\n")
plant("a birth number as a workbook's number", "exhibits/a.xlsx", workbook(lambda sheet: sheet.append([int(VALID)])))
plant("a birth number in powers of ten", "exhibits/a.csv", "wave,estimate\n1.017010251e+09,1\n")
plant("a birth number with points", "index.html", page("01.01.70 12345"))
plant("a birth number in threes", "index.html", page("010170 102 51"))
plant("a birth number with a long dash", "index.html", page("010170 – 12345"))
plant("a birth number cut by a tag", "index.html", page("<b>010170</b>12345"))
plant("a birth number with soft hyphens", "index.html", page("010170\u00ad12345"))
plant("a birth number with invisible signs", "index.html", page("0101\u200b7012\u200d345"))
plant("a birth number in wide digits", "index.html", page("０１０１７０１２３４５"))
plant("a birth number in Arabic digits", "index.html", page("٠١٠١٧٠١٢٣٤٥"))
plant("a birth number in hexadecimal", "theme/a.js", f'var a = "{PERSON.encode().hex()}";')
plant("a birth number in base64 in a script", "theme/a.js", f'var a = atob("{base64.b64encode(b"nr " + PERSON.encode()).decode()}");')  # fmt: skip
plant("a birth number in an address", "index.html", page(f'<a href="a.html?p=%30{PERSON[1:]}">x</a>'))
plant("a birth number in a style", "theme/a.css", f'a::after {{ content: "{PERSON}" }}')
plant("a birth number in a file map", "sitemap.xml", f"<urlset><url><loc>a{PERSON}.html</loc></url></urlset>")
plant("a birth number in a workbook's hidden sheet", "exhibits/a.xlsx", workbook(
    lambda sheet: setattr(hidden := sheet.parent.create_sheet("x"), "sheet_state", "hidden") or hidden.append([PERSON])))  # fmt: skip
plant("a birth number in a workbook's comment", "exhibits/a.xlsx", workbook(lambda sheet: comment(sheet, PERSON)))
plant("an account in a workbook's properties", "exhibits/a.xlsx",
      workbook(lambda sheet: sheet.append([1]), creator="karinordmann"))  # fmt: skip
plant("a sheet's head", "exhibits/a.xlsx", workbook(lambda sheet: [sheet.append(["Respondent ID", "x"]), sheet.append([1, 2])]))
plant("behind a picture's end", "figures/a.png", picture("PNG") + PERSON.encode())
plant("a picture of points", "figures/a.png", picture("PNG"))
plant("picture inside a picture", "figures/a.svg",
      f'<svg><image href="data:image/png;base64,{base64.b64encode(picture("PNG", x=PERSON)).decode()}"/></svg>')  # fmt: skip
plant("notebook's metadata", "notebooks/a.ipynb", notebook({}, authors=[{"name": "karinordmann"}]))
plant("notebook's source", "notebooks/a.ipynb", notebook({"source": f"x = {PERSON}"}))
plant("script that asks elsewhere by itself", "theme/a.js", "new WebSocket('wss://x.example/')")
plant("import in a script", "theme/a.js", 'import x from "//cdn.example/x.js"')
plant("page in a page", "index.html", page('<iframe srcdoc="<img src=https://x.example/a>"></iframe>'))
plant("picture set from elsewhere", "index.html", page('<img srcset="a.png 1x, https://x.example/a.png 2x">'))
plant("style of a tag", "index.html", page('<p style="background:url(//x.example/a)">x</p>'))
plant("base elsewhere", "index.html", page("", '<base href="https://x.example/">'))
plant("address with a line break", "index.html", page('<img src="ht\ntps://x.example/a.png">'))
plant("SVG's style", "figures/a.svg", "<svg><style>@import 'https://x.example/a.css';</style></svg>")
plant("XML's style", "figures/a.svg", '<?xml-stylesheet href="https://x.example/a.css"?><svg/>')
plant("script of a PDF", "report.pdf", document(script("app.alert(1)")))
plant("another database", "a.sqlite3", b"SQLite format 3\x00rows")
plant("zip in a zip", "a.zip", zipped(b_dot_zip=zipped(a_dot_csv=b"respondent_id\n1\n")))
plant("a pickle called text", "a.txt", b"\x80\x04\x95rows")
plant("JSON's keys, otherwise written", "a.json", '[{"Person-ID": 4}]')
plant("CSV head in quotes", "exhibits/a.csv", '"Respondent-ID";"svar"\n"1";"2"\n')
plant("TSV with fødselsnummer", "exhibits/a.tsv", "Fødselsnummer\tsvar\n1\t2\n")
plant("data root in twice percent code", "index.html", lambda s: page(str(s.resolve()).replace("/", "%252F")))
plant("data root's last folders", "index.html", lambda secret: page("../" + "/".join(secret.resolve().parts[-2:])))
plant("data root in UTF-16", "a.txt", lambda secret: str(secret.resolve()).encode("utf-16-le"))
plant("bytes that are no text", "a.txt", b"\x00\xff\x00\xfe\x00rows" * 9)
plant("text in another alphabet of bytes", "exhibits/a.csv", f"kjønn;fnr\nmann;{PERSON}\n".encode("cp1252"))
plant("hidden file", ".env", "TOKEN=1")
plant("broken workbook", "exhibits/a.xlsx", b"no zip")
plant("broken JSON", "a.json", '{"respondent')


def linked(book: Path, secret: Path) -> None:
    """A link out of the book."""
    write(book, "index.html", page("x"))
    (book / "data").symlink_to(secret)


PLANTS["link out of the book"] = linked


def main() -> int:
    """Plant all of them, and tell what was missed."""
    from press import audit

    missed = []
    with tempfile.TemporaryDirectory() as place:
        secret = data_root(Path(place, "secure-place", "surveys"))
        for number, (name, planted) in enumerate(PLANTS.items()):
            book = Path(place, str(number))
            planted(book, secret)
            try:
                found = [one for one in audit.audit(book, secret)]
            except Exception as error:  # what can't be searched
                found = [error]  # type: ignore[list-item]
            missed += [] if found else [name]
    print(f"{len(PLANTS) - len(missed)} of {len(PLANTS)} found" + "".join(f"\n- {name}" for name in missed))
    return int(bool(missed))


if __name__ == "__main__":
    sys.exit(main())
