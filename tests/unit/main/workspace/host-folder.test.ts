import { execFile } from "node:child_process";
import { chmod, readdir, rename, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { HostFolder } from "../../../../main/workspace/host-folder.ts";
import { asNobody } from "../../../support/workspace/as-nobody.ts";
import { hostTree } from "../../../support/workspace/host-tree.ts";

describe.each([
  ["through open folders, as on Linux", true],
  ["by paths that are checked again, as elsewhere", false],
])("the operator's folder, reached %s (ENV-4, SEC-3)", (_name, throughDescriptors) => {
  it("tells files with their content and hash, links, folders, and nothing", async () => {
    await using tree = await hostTree({ "a/b/c*": "abc", l: "-> a", d: null });
    await using host = await HostFolder.open(tree.path, throughDescriptors);
    expect(await host.read("a/b/c", 100)).toMatchObject({
      state: { kind: "file", executable: true, size: 3, sha256: "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0" },
      mode: 0o755,
      content: Buffer.from("abc"),
    });
    expect((await host.read("a/b/c", 2)).content).toBeNull();
    expect((await host.read("l")).state).toEqual({ kind: "link", target: "a" });
    expect((await host.read("d")).state).toEqual({ kind: "folder" });
    expect(await host.read("no/such/file")).toMatchObject({ state: null, blocked: null });
    expect(await host.read("a/b/c/below-a-file")).toMatchObject({ state: null, blocked: null });
  });

  it("goes through no link, wherever it leads", async () => {
    await using outside = await hostTree({ "x/secret": "s" });
    await using tree = await hostTree({ "real/x/y": "1", out: `-> ${outside.path}`, in: "-> real" });
    await using host = await HostFolder.open(tree.path, throughDescriptors);
    for (const path of ["out/x/secret", "in/x/y"]) expect((await host.read(path)).blocked).toContain("is a link");
    for (const path of ["out/new", "in/x/new"]) {
      await using parent = await host.parentOf(path, true);
      expect(parent).toMatchObject({ blocked: expect.any(String) });
    }
    expect(await readdir(outside.path)).toEqual(["x"]);
  });

  it("does not wait for a pipe nobody writes to", async () => {
    await using tree = await hostTree();
    await promisify(execFile)("mkfifo", [join(tree.path, "pipe")]);
    await using host = await HostFolder.open(tree.path, throughDescriptors);
    expect((await host.read("pipe")).blocked).toContain("pipe");
  });

  it("blocks what it cannot read, rather than taking it for absent", async () => {
    await using tree = await hostTree({ "open/secret": "s", "closed/file": "x" });
    await chmod(join(tree.path, "open/secret"), 0o600);
    await chmod(join(tree.path, "closed"), 0o700);
    await using host = await HostFolder.open(tree.path, throughDescriptors);
    using _nobody = asNobody();
    for (const path of ["open/secret", "closed/file"]) expect((await host.read(path)).blocked).toContain("cannot be read (EACCES)");
  });

  it("may be a link itself, and is not missed when it is gone", async () => {
    await using tree = await hostTree({ "real/a": "x" });
    await symlink("real", join(tree.path, "project"));
    await using host = await HostFolder.open(join(tree.path, "project"), throughDescriptors);
    expect(host.path).toBe(join(tree.path, "real"));
    await expect(HostFolder.open(join(tree.path, "nowhere"), throughDescriptors)).rejects.toMatchObject({ code: "not-found" });
  });
});

it("writes where it looked, though the folder's place was taken by a link meanwhile (SEC-3)", async () => {
  await using outside = await hostTree();
  await using tree = await hostTree({ "dir/a": "x" });
  await using host = await HostFolder.open(tree.path);
  await using parent = await host.parentOf("dir/new", true);
  if (parent === null || "blocked" in parent) throw new Error("the way is open");
  await rename(join(tree.path, "dir"), join(tree.path, "moved"));
  await symlink(outside.path, join(tree.path, "dir"));
  await writeFile(parent.at("new"), "content");
  expect(await readdir(outside.path)).toEqual([]);
  expect(await readdir(join(tree.path, "moved"))).toEqual(["a", "new"]);
});
