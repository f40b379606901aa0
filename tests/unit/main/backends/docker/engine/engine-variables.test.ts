import { tmpdir } from "node:os";
import { describe, expect, it } from "vitest";
import { engineVariables } from "../../../../../../main/backends/docker/engine/engine-variables.ts";

const variablesOf = (host: string) => engineVariables({ env: { DOCKER_HOST: host }, homeDir: tmpdir() });

describe("what another process needs to find the engine", () => {
  it("is the ssh agent's socket only where the engine is behind ssh (ENV-3)", async () => {
    expect(await variablesOf("ssh://op@engine.example.org")).toContain("SSH_AUTH_SOCK");
    for (const host of ["unix:///var/run/docker.sock", "tcp://engine.example.org:2376"]) {
      expect(await variablesOf(host)).not.toContain("SSH_AUTH_SOCK");
    }
  });
});
