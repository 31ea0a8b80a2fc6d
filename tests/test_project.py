import pytest

from engine.errors import ReportError
from press.project import Chapter, Project, digest


@pytest.fixture
def project(tmp_path):
    (tmp_path / "chapters").mkdir()
    for name in ("index.qmd", "chapters/01-a.qmd", "chapters/10-b.qmd"):
        (tmp_path / name).write_text("# x\n", encoding="utf-8")
    (tmp_path / "_quarto.yml").write_text(
        "book:\n  chapters:\n    - index.qmd\n    - part: Del\n      chapters: [chapters/01-a.qmd, chapters/10-b.qmd]\n"
    )
    return Project(tmp_path)


def test_chapters_in_order_with_parts(project):
    assert [chapter.name for chapter in project.chapters] == ["index", "chapters/01-a", "chapters/10-b"]
    assert project.chapters[1].slug == "01-a"


@pytest.mark.parametrize("wanted", ["1", "01", "01-a", "chapters/01-a.qmd", "notebooks/01-a.ipynb"])
def test_a_chapter_is_found_by_any_of_its_names(project, wanted):
    assert project.chapter(wanted).slug == "01-a"


def test_an_unknown_chapter_lists_the_known(project):
    with pytest.raises(ReportError, match=r"01-a, 10-b"):
        project.chapter("7")


def test_a_missing_chapter_file_is_told(project):
    (project.root / "chapters/01-a.qmd").unlink()
    with pytest.raises(ReportError, match=r"chapters/01-a\.qmd"):
        _ = project.chapters


def test_missing_or_broken_settings(project):
    (project.root / "_quarto.yml").write_text("book: [\n")
    with pytest.raises(ReportError, match="line"):
        _ = project.settings
    (project.root / "_quarto.yml").unlink()
    with pytest.raises(ReportError, match="missing"):
        _ = project.settings


def test_notebook_and_cache_lie_in_the_project(project):
    chapter = Chapter(project.root / "chapters/01-a.qmd", "chapters/01-a")
    assert project.notebook_path(chapter) == project.root / "notebooks" / "01-a.ipynb"
    assert project.cache.parent == project.root


def test_digest_depends_on_names_bytes_order_and_words(tmp_path):
    one, two = tmp_path / "a", tmp_path / "b"
    one.write_text("x")
    two.write_text("y")
    assert digest([one, two]) == digest([one, two])
    assert len({digest([one, two]), digest([two, one]), digest([one]), digest([one, two], "w"), digest([], "w")}) == 5
    before = digest([one])
    one.write_text("z")
    assert digest([one]) != before
