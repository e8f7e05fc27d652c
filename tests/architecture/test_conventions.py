"""Rules of docs/architecture.md that no linter checks."""

import ast
import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FILES = [ROOT / f for f in subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True).stdout.split()]
CODE = [f for f in FILES if f.suffix == ".py" and "migrations" not in f.parts and f.exists()]


def lines(path):
    return path.read_text().count("\n")


def test_files_stay_small_enough_to_read():
    limits = {".py": 500, ".html": 300, ".css": 500}
    found = [f for f in FILES if f.suffix in limits and "migrations" not in f.parts and f.exists()]
    long = [f for f in found if lines(f) > limits[f.suffix]]
    assert long == []


def test_functions_stay_under_forty_lines():
    long = []
    for path in CODE:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef) and node.end_lineno - node.lineno + 1 > 40:
                long.append((path.name, node.name))
    assert long == []


def test_templates_have_no_inline_scripts_or_styles():
    inline = re.compile(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\bsrc=)")
    templates = [f for f in FILES if f.suffix == ".html" and f.exists()]
    assert len(templates) > 100
    found = {str(f.relative_to(ROOT)): inline.findall(f.read_text()) for f in templates}
    assert {name: pieces for name, pieces in found.items() if pieces} == {}


def test_components_name_their_inputs():
    parts = [f for f in FILES if f.suffix == ".html" and ("components" in f.parts or "parts" in f.parts) and f.exists()]
    assert [f.name for f in parts if not f.read_text().startswith("{#")] == []


def test_no_junk_drawers_and_no_signals():
    assert [f for f in CODE if f.stem in ("utils", "helpers", "common", "signals")] == []


def test_only_services_make_a_revision_live():
    found = {f.name for f in CODE if "tests" not in f.parts and re.search(r"\.live_revision = ", f.read_text())}
    assert found == {"publish.py", "revisions.py"}  # the guide's, and the forum's


def assigns_a_state(path):
    nodes = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Attribute)]
    return any(node.attr == "state" and isinstance(node.ctx, ast.Store) for node in nodes)


def test_only_transitions_assign_a_state():
    found = {str(f.relative_to(ROOT)) for f in CODE if "tests" not in f.parts and assigns_a_state(f)}
    waiting_for_one_workflow = {"guide/review/state.py", "guide/review/row_workflow.py"}
    assert found - waiting_for_one_workflow == {"core/transitions.py"}
