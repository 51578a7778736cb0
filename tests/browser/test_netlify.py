"""Netlify's own code reads what we write for it: configuration, headers, redirects, photo hosts.

``@netlify/build`` is what runs a build there; here it runs offline, with our command. The engines
of redirects, headers and files are those of its development server.
"""

import json
import os
import shutil
import subprocess
import sys
from base64 import b64decode
from pathlib import Path
from typing import Any

import pytest

from syndicator import cli, netlify
from syndicator.serve import CONTROL, Site, header_rules, headers_for, redirect_rules
from tests.kinds import LOST, kinds
from tests.test_supply_chain import ROOT

pytestmark = pytest.mark.yardstick

BUILD = """
import build from '@netlify/build';
const made = await build({
  repositoryRoot: process.argv[1], offline: true, buffer: true, telemetry: false,
  context: 'production', branch: 'main', mode: 'require', env: {},
});
const { success, netlifyConfig, configMutations, logs } = made;
console.log(JSON.stringify({ success, config: netlifyConfig, mutations: configMutations, logs }));
"""
CONFIG = """
import { resolveConfig } from '@netlify/config';
const { config } = await resolveConfig({
  repositoryRoot: process.argv[1], offline: true, context: 'production', branch: 'main',
});
console.log(JSON.stringify(config));
"""
PARSE = """
import { parseAllHeaders } from '@netlify/headers-parser';
import { parseAllRedirects } from '@netlify/redirect-parser';
const [folder] = process.argv.slice(1);
const files = { headersFiles: [`${folder}/_headers`], redirectsFiles: [`${folder}/_redirects`] };
const ours = { ...files, minimal: true, configHeaders: [], configRedirects: [] };
const { headers, errors } = await parseAllHeaders(ours);
const found = await parseAllRedirects(ours);
const wrong = [...errors, ...found.errors].map(String);
console.log(JSON.stringify({ headers, redirects: found.redirects, errors: wrong }));
"""
SERVE = """
import { readFileSync } from 'node:fs';
import { HeadersHandler } from '@netlify/headers';
import { RedirectsHandler } from '@netlify/redirects';
import { StaticHandler } from '@netlify/static';
const [folder, list] = process.argv.slice(1);
const rules = { projectDir: folder, publishDir: '.', publicDir: folder, configRedirects: [] };
const headers = new HeadersHandler({ ...rules, logger: console });
const redirects = new RedirectsHandler({ ...rules, jwtSecret: 'x', jwtRoleClaim: 'x' });
const files = new StaticHandler({ directory: folder });
const answer = async path => {
  const asked = new Request(`http://localhost${path}`);
  let found = await files.match(asked), status = 200, named = asked;
  const rule = found ? undefined : await redirects.match(asked);
  if (rule) {
    status = rule.statusCode;
    named = new Request(rule.target);
    found = await files.match(named);
  }
  if (!found) return [path, 404, {}, ''];
  const response = await found.handle();
  await headers.apply(named, response);
  const body = Buffer.from(await response.arrayBuffer()).toString('base64');
  return [path, status, Object.fromEntries(response.headers), body];
};
const answers = [];
for (const path of JSON.parse(readFileSync(list, 'utf8'))) answers.push(await answer(path));
console.log(JSON.stringify(answers));
"""
PHOTO = "https://images.dealer.example/cars/1.jpg?a=b"


@pytest.fixture(scope="session")
def modules() -> Path:
    return Path(os.environ["NPM_MODULES"])


def node(modules: Path, program: str, *words: object, **environment: str) -> Any:
    """What a program of Netlify's modules prints last."""
    ran = subprocess.run(
        ["node", "--input-type=module", "--eval", program, "--", *map(str, words)],
        cwd=modules.parent,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout.splitlines()[-1])


@pytest.fixture
def started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A newcomer's folder."""
    monkeypatch.chdir(tmp_path)
    assert cli.run(["init", "--yes", "--host", "netlify"]) == 0
    return tmp_path


@pytest.mark.parametrize("whose", ["ours", "theirs"])
def test_the_configuration_is_read_as_it_is_meant(whose: str, started: Path, modules: Path) -> None:
    folder = started
    if whose == "ours":
        shutil.copy(ROOT / "netlify.toml", folder)
    found = node(modules, CONFIG, folder)["build"]
    assert "syndicator build --site-url" in found["command"]
    assert found["publish"] == str(folder / "output")
    assert found["environment"] == {
        "PYTHON_VERSION": "3.13",
        "SYNDICATOR_STATE": "/opt/build/cache/syndicator",
    }


@pytest.fixture
def built(started: Path, demo: Path, modules: Path) -> dict[str, Any]:
    """A build at Netlify, where the program copies the demo and allows the host of a photo."""
    program = started / "bin" / "syndicator"
    program.parent.mkdir()
    program.write_text(
        f'#!/bin/sh\ncp -r "{demo}" output && "{sys.executable}" -c \'from pathlib import Path; '
        f"from syndicator import netlify; "
        f'list(netlify.allow(Path(), ["{PHOTO}"]))\' && exit 3\n'
    )
    program.chmod(0o755)
    state = started / "state"
    state.mkdir()
    (state / "state.db").touch()
    toml = started / "netlify.toml"
    toml.write_text(toml.read_text("utf-8").replace("/opt/build/cache/syndicator", str(state)))
    return node(modules, BUILD, started, PATH=f"{program.parent}:{os.environ['PATH']}")


def test_a_build_there_takes_over_headers_redirects_and_hosts_of_photos(
    built: dict[str, Any], demo: Path
) -> None:
    assert built["success"], built["logs"]
    config = built["config"]
    assert config["images"] == {"remote_images": [netlify.pattern("images.dealer.example")]}
    headers, redirects = ((demo / name).read_text("utf-8") for name in CONTROL)
    assert [(each["for"], each["values"]) for each in config["headers"]] == [
        (rule.pattern, dict(rule.headers)) for rule in header_rules(headers)
    ]
    assert [(each["from"], each["to"], each["status"]) for each in config["redirects"]] == [
        (rule.pattern, rule.target, rule.status) for rule in redirect_rules(redirects)
    ]


def test_the_parsers_agree_with_the_preview_rule_by_rule(demo: Path, modules: Path) -> None:
    found = node(modules, PARSE, demo)
    assert found["errors"] == []
    headers, redirects = ((demo / name).read_text("utf-8") for name in CONTROL)
    assert [(each["for"], each["values"]) for each in found["headers"]] == [
        (rule.pattern, dict(rule.headers)) for rule in header_rules(headers)
    ]
    assert [(each["from"], each["to"], each["status"]) for each in found["redirects"]] == [
        (rule.pattern, rule.target, rule.status) for rule in redirect_rules(redirects)
    ]


def test_its_engines_answer_as_the_preview_does(demo: Path, modules: Path, tmp_path: Path) -> None:
    site = Site(demo)
    rules = header_rules(site.read("_headers"))
    paths = kinds(demo)
    list_ = tmp_path / "paths"
    list_.write_text(json.dumps([*paths, *LOST]))
    answers = node(modules, SERVE, demo, list_)
    assert len(answers) == len([*paths, *LOST]) > 30
    for path, status, told, body in answers:
        expected, _, file = site.answer(path)
        assert status == expected == (404 if path in LOST else 200), path
        assert file is not None
        assert b64decode(body) == file.read_bytes(), path
        # There an answer that is not found has the headers of the page that says so.
        named = f"/{file.relative_to(site.root).as_posix()}" if path in LOST else path
        wanted = {name.lower(): value for name, value in headers_for(rules, named).items()}
        assert {name: told.get(name) for name in wanted} == wanted, path
