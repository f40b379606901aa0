import { createHash } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { locateEngine, parseEngineHost } from "../../../../../../main/backends/docker/engine/engine-address.ts";

const TLS = { ca: "ca", cert: null, key: null };

describe("engine addresses (BKD-2)", () => {
  it.each([
    ["unix:///run/user/1000/docker.sock", { kind: "socket", path: "/run/user/1000/docker.sock" }],
    ["npipe:////./pipe/docker_engine", { kind: "socket", path: "//./pipe/docker_engine" }],
    ["tcp://10.0.0.5:2999", { kind: "tcp", host: "10.0.0.5", port: 2999, tls: null }],
    ["10.0.0.5", { kind: "tcp", host: "10.0.0.5", port: 2375, tls: null }],
    ["ssh://builder", { kind: "ssh", destination: "builder", port: null }],
    ["ssh://me@builder:2222", { kind: "ssh", destination: "me@builder", port: "2222" }],
  ])("%s is understood", (host, address) => {
    expect(parseEngineHost(host, null)).toEqual(address);
  });

  it("uses the port for encrypted connections where there are keys", () => {
    expect(parseEngineHost("tcp://engine", TLS)).toEqual({ kind: "tcp", host: "engine", port: 2376, tls: TLS });
  });

  // The third would hand ssh an option instead of a host.
  it.each(["ftp://engine", "tcp://", "ssh://-oProxyCommand=x", "ssh://me%20-o@host"])("%s is refused", (host) => {
    expect(() => parseEngineHost(host, null)).toThrow("is not an engine address");
  });
});

describe("which engine is used", () => {
  let homeDir: string;
  beforeEach(async () => {
    homeDir = await mkdtemp(join(tmpdir(), "bb-engine-"));
  });
  afterEach(() => rm(homeDir, { recursive: true, force: true }));

  const put = async (path: string, content: string) => {
    await mkdir(dirname(join(homeDir, path)), { recursive: true });
    await writeFile(join(homeDir, path), content);
  };
  const digest = (name: string) => createHash("sha256").update(name).digest("hex");
  const putContext = (name: string, host: string) =>
    put(`.docker/contexts/meta/${digest(name)}/meta.json`, JSON.stringify({ Endpoints: { docker: { Host: host } } }));

  it("is the one DOCKER_HOST names, before any context", async () => {
    await putContext("remote", "tcp://remote:1");
    const env = { DOCKER_HOST: "tcp://named:1", DOCKER_CONTEXT: "remote" };
    expect(await locateEngine({ env, homeDir })).toMatchObject({ host: "named" });
  });

  it("is the chosen context's, with its keys", async () => {
    await put(".docker/config.json", JSON.stringify({ currentContext: "remote" }));
    await putContext("remote", "tcp://remote:2376");
    await put(`.docker/contexts/tls/${digest("remote")}/docker/ca.pem`, "authority");
    expect(await locateEngine({ env: {}, homeDir })).toEqual({
      kind: "tcp",
      host: "remote",
      port: 2376,
      tls: { ca: "authority", cert: null, key: null },
    });
  });

  it("is DOCKER_CONTEXT's before the configuration's", async () => {
    await put(".docker/config.json", JSON.stringify({ currentContext: "other" }));
    await putContext("remote", "unix:///remote.sock");
    expect(await locateEngine({ env: { DOCKER_CONTEXT: "remote" }, homeDir })).toEqual({ kind: "socket", path: "/remote.sock" });
  });

  it("is none where the chosen context cannot be read: another engine would be a surprise", async () => {
    await expect(locateEngine({ env: { DOCKER_CONTEXT: "gone" }, homeDir })).rejects.toMatchObject({ code: "engine-unavailable" });
  });

  it.each([
    ["nothing is configured", null],
    ["the configuration cannot be read", "{"],
  ])("is the usual socket where %s", async (_when, config) => {
    if (config !== null) await put(".docker/config.json", config);
    expect(await locateEngine({ env: {}, homeDir })).toMatchObject({ kind: "socket", path: expect.stringContaining("docker.sock") });
  });
});
