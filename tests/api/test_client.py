"""A client generated from the description speaks to a running site from another process."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from flask import Flask
from uptake.services.people import api_tokens
from uptake.testing.databases import close
from uptake.testing.people import make_actor, make_person

ROOT = Path(__file__).resolve().parents[2]
CLIENT = '''"""Made from the description {title}."""
import json
from urllib.error import HTTPError
from urllib.parse import quote, urlencode
from urllib.request import Request, urlopen

class Client:
    def __init__(self, base, token=""):
        self.base, self.token = base, token

    def _ask(self, method, path, query=None, body=None, headers=None):
        found = [(name, value) for name, values in (query or {{}}).items()
                 for value in (values if isinstance(values, list) else [values])]
        request = Request(self.base + path + ("?" + urlencode(found) if found else ""), method=method,
                          data=None if body is None else json.dumps(body).encode(), headers=dict(headers or {{}}))
        if body is not None:
            request.add_header("Content-Type", "application/json")
        if self.token:
            request.add_header("Authorization", "Bearer " + self.token)
        try:
            with urlopen(request) as answer:
                data = answer.read()
                whole = answer.headers.get_content_type() == "application/json" and not answer.headers.get("Content-Disposition")
                return answer.status, json.loads(data) if whole else data, answer.headers
        except HTTPError as error:
            return error.code, json.load(error), error.headers
'''
METHOD = '''
    def {name}(self{positional}, *, body=None, if_match=None, **query):
        """{summary}"""
        unknown = set(query) - {known}
        if unknown:
            raise TypeError(f"no such parameter: {{unknown}}")
        headers = {{"If-Match": if_match}} if if_match else {{}}
        return self._ask("{method}", f"{path}", query, body, headers)
'''
PROGRAM = """
import json, sys
from made_client import Client
base, token = sys.argv[1:]
visitor, mine = Client(base), Client(base, token)
status, made, headers = mine.create_recommendation(body={
    "texts": {"en": "Abolish the death penalty."}, "state": "WSM", "mechanism": "UPR", "symbol": "A/HRC/61/9"})
assert status == 201, made
status, one, headers = visitor.get_recommendation(made["id"])
assert status == 200 and one["text"] == "Abolish the death penalty.", one
status, changed, _ = mine.change_recommendation(made["id"], body={"paragraph": "7.1"}, if_match=headers["ETag"])
assert status == 200 and changed["paragraph"] == "7.1", changed
status, late, _ = mine.change_recommendation(made["id"], body={"paragraph": "7.2"}, if_match=headers["ETag"])
assert status == 412, late
status, part, _ = mine.assign(body={"recommendation": made["id"], "institution": "MOJ", "role": "lead"})
assert status == 200, part
status, refused, _ = visitor.assign(body={"recommendation": made["id"], "institution": "MOJ", "role": "lead"})
assert status == 401, refused
status, found, _ = visitor.list_recommendations(q="death penalty", limit=5, include=["texts", "updates"])
assert status == 200 and found["count"] == 1 and found["items"][0]["responsible"][0]["institution"] == "MOJ", found
status, changes, _ = visitor.list_changes(since="2020-01-01T00:00:00Z")
print(json.dumps([change["what"] for change in changes["items"]]))
status, ours, headers = mine.create_institution(body={"code": "AUDIT", "kind": "agency", "names": {"en": "Audit Office"}})
assert status == 201, ours
status, closed, _ = mine.close_institution("AUDIT", body={"on": "2026-12-31"}, if_match=headers["ETag"])
assert status == 200 and closed["closed_on"] == "2026-12-31", closed
status, behind, _ = visitor.list_evidence(made["id"])
assert status == 404, behind
status, left, _ = mine.remove_evidence(made["id"], 1)
assert status == 404, left
status, refused, _ = visitor.list_reports()
assert status == 401, refused
status, kinds, _ = mine.list_report_kinds()
assert status == 200 and "upr.mid-term" in [kind["code"] for kind in kinds["items"]], kinds
status, report, headers = mine.create_report(body={"outline": "upr.mid-term", "title": "Ours", "mechanism": "UPR"})
assert status == 201 and headers["Location"].endswith("/api/v1/reports/%d" % report["id"]), report
here = (report["id"], report["sections"][0]["id"])
status, section, headers = mine.get_report_section(*here)
status, section, _ = mine.write_report_section(*here, body={"text": "We began."}, if_match=headers["ETag"])
assert status == 200 and section["text"] == "We began." and section["version"] == 2, section
status, late, _ = mine.write_report_section(*here, body={"text": "We did not."}, if_match=headers["ETag"])
assert status == 412 and late["remedy"], late
status, section, _ = mine.change_report_section(*here, body={"institution": "MOJ", "due": "2030-01-31"}, if_match='"2"')
assert status == 200 and (section["institution"], section["due"]) == ("MOJ", "2030-01-31"), section
status, file, headers = mine.get_report_file(report["id"], "docx")
assert status == 200 and file[:2] == b"PK" and "ours.docx" in headers["Content-Disposition"], headers
status, reports, _ = mine.list_reports(limit=5)
assert status == 200 and [one["title"] for one in reports["items"]] == ["Ours"], reports
"""


def _made(description: dict[str, Any]) -> str:
    """A client with a method for each operation."""
    lines = [CLIENT.format(title=description["info"]["title"])]
    for path, operations in description["paths"].items():
        for method, one in operations.items():
            if method == "parameters":
                continue
            parts = re.findall(r"{(\w+)}", path)
            known = {each["name"] for each in one.get("parameters", []) if each["in"] == "query"}
            lines.append(METHOD.format(
                name=one["operationId"], positional="".join(f", {name}" for name in parts), summary=one["summary"],
                known=known or "set()", method=method.upper(), path=re.sub(r"{(\w+)}", r"{quote(str(\1))}", path),
            ))  # fmt: skip
    return "".join(lines)


def test_a_generated_client_reads_and_writes_from_another_process(app: Flask, tmp_path: Path) -> None:
    make_actor("MOJ")
    token = api_tokens.make("Client", tuple(api_tokens.SCOPES), 7, person=make_person("coordinator"))
    description = app.test_client().get("/api/v1/openapi.json").json
    assert description is not None
    assert description["openapi"].startswith("3.1")
    (tmp_path / "made_client.py").write_text(_made(description), encoding="utf-8")
    settings = app.extensions["uptake"]
    (settings.instance / "uptake.toml").write_text('states = ["WSM"]\n', encoding="utf-8")
    close()
    place = {"UPTAKE_INSTANCE": str(settings.instance), "UPTAKE_DATABASE": settings.database}
    command = [str(Path(sys.executable).with_name("uptake")), "serve", "--port", "0"]
    environment = {**os.environ, **{name: value for name, value in place.items() if value}}
    with subprocess.Popen(command, stderr=subprocess.PIPE, env=environment) as server:
        try:
            assert server.stderr is not None
            base = re.findall(rb"http://\S+", server.stderr.readline())[0].decode().rstrip("/")
            asked = [sys.executable, "-c", PROGRAM, base, token]
            done = subprocess.run(asked, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False)
        finally:
            server.terminate()
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout) == ["added", "changed", "changed"]
