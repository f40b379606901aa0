import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { locate } from "../../../../../sidecars/git-gate/http/gate-target.ts";

const repos = new Set(["project", "dotted.git", "a-b_c.1"]);
const get = (url: string) => locate({ method: "GET", url }, repos);
const post = (url: string) => locate({ method: "POST", url }, repos);

describe("what a request asks of which repository (GIT-5)", () => {
  test.each([
    ["/project.git/info/refs?service=git-upload-pack", "project", "git-upload-pack"],
    ["/project/info/refs?service=git-receive-pack", "project", "git-receive-pack"],
    ["/dotted.git/info/refs?service=git-upload-pack", "dotted.git", "git-upload-pack"],
    ["/dotted.git.git/info/refs?service=git-upload-pack", "dotted.git", "git-upload-pack"],
    ["/a-b_c.1.git/info/refs?service=git-upload-pack", "a-b_c.1", "git-upload-pack"],
  ])("GET %s", (url, repo, service) => {
    expect(get(url)).toEqual({ ok: true, target: { repo, kind: "advertise", service } });
  });

  test("POST of both services", () => {
    expect(post("/project.git/git-upload-pack")).toMatchObject({ ok: true, target: { kind: "exchange", service: "git-upload-pack" } });
    expect(post("/project.git/git-receive-pack")).toMatchObject({ ok: true, target: { kind: "exchange", service: "git-receive-pack" } });
  });

  test.each([
    ["/other.git/info/refs?service=git-upload-pack", 404],
    ["/constructor/info/refs?service=git-upload-pack", 404],
    ["/project.git/info/refs", 403],
    ["/project.git/info/refs?service=git-upload-archive", 403],
    ["/project.git/info/refs?service=toString", 400],
    ["/project.git/info/refs?service=constructor", 403],
    ["/project.git/info/refs?service=git-upload-pack&x=1", 400],
    ["/project.git/info/refs?service=git-upload-pack?service=git-upload-pack", 400],
    ["/project.git/objects/info/packs", 403],
    ["/project.git/HEAD", 403],
    ["/project.git/info/lfs/locks", 403],
    ["/project.git/../other/info/refs?service=git-upload-pack", 400],
    ["/project.git/./info/refs?service=git-upload-pack", 400],
    ["/%70roject.git/info/refs?service=git-upload-pack", 400],
    ["//project.git/info/refs?service=git-upload-pack", 400],
    ["/project.git//info/refs?service=git-upload-pack", 400],
    ["http://git-gate:9420/project.git/info/refs?service=git-upload-pack", 400],
    ["/project.git\\..\\x/info/refs?service=git-upload-pack", 400],
    ["/", 400],
    ["*", 400],
    ["", 400],
  ])("GET %s is refused with %i", (url, status) => {
    expect(get(url)).toMatchObject({ ok: false, refusal: { status } });
  });

  test("another method, and a query where none belongs", () => {
    expect(post("/project.git/info/refs?service=git-upload-pack")).toMatchObject({ refusal: { status: 405 } });
    expect(get("/project.git/git-upload-pack")).toMatchObject({ refusal: { status: 405 } });
    expect(post("/project.git/git-upload-pack?x")).toMatchObject({ refusal: { status: 400 } });
  });

  test("no text at all leads anywhere but to a declared repository or to 4xx", () => {
    fc.assert(
      fc.property(fc.webPath(), fc.webQueryParameters(), (path, query) => {
        const located = get(`${path}?${query}`);
        if (located.ok) expect(repos.has(located.target.repo)).toBe(true);
        else expect(Math.floor(located.refusal.status / 100)).toBe(4);
      }),
    );
  });
});
