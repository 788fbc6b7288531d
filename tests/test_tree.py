"""Listings of both commits of a change, from a real repository."""

from __future__ import annotations

from repo import Repo

from backline.finding import Side
from backline.intake.change import Change, from_branch
from backline.intake.git import Repository
from backline.intake.tree import Trees
from backline.reviewer.lookup import Files, read_file


def test_both_sides_are_listed_with_modes_and_odd_names(tmp_path):
    made = Repo(tmp_path)
    made.write("app/a.py", "old = 1\n")
    made.write(b"app/caf\xe9\n.py", "x = 1\n")
    made.symlink("link", "../../etc/passwd")
    made.commit()
    made.git("checkout", "-q", "-b", "work")
    made.write("app/a.py", "new = 1\n")
    made.delete("link")
    made.write("-O.py", "y = 1\n")
    made.commit()
    with Repository.open(tmp_path) as repository:
        change = from_branch(repository, base="main")
        trees = Trees(repository, change)
        base, head = trees.paths(Side.LEFT), trees.paths(Side.RIGHT)
        assert set(base) == {"app/a.py", "app/caf\udce9\n.py", "link"} and base["link"][0] == "120000"
        assert set(head) == {"app/a.py", "app/caf\udce9\n.py", "-O.py"}
        files = Files(trees, repository)
        assert read_file(files, "app/a.py", Side.LEFT, 1, 10) == "1|old = 1"
        assert read_file(files, "app/a.py", Side.RIGHT, 1, 10) == "1|new = 1"
        assert read_file(files, "app/caf\\xe9⟦LF⟧.py", Side.RIGHT, 1, 10) == "1|x = 1"
        assert "etc/passwd (never followed)" in read_file(files, "link", Side.LEFT, 1, 10)


def test_without_a_commit_there_is_nothing_to_list(tmp_path):
    Repo(tmp_path)
    with Repository.open(tmp_path) as repository:
        assert Trees(repository, Change()).paths(Side.LEFT) == {}
