import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { AGENT_BASE, dockerfileProblems } from "#common/domain/agent-dockerfile.ts";

const BASE = "FROM bot-bottle-agent\n";

describe("a Dockerfile that an agent proposes (SUP-1, SUP-3)", () => {
  test.each([
    `${BASE}RUN npm install -g typescript\n`,
    `${BASE}RUN npm install -g typescript`,
    `# jq reads the reports\n${BASE}USER root\nRUN apt-get update \\\n && apt-get install -y jq \\\n# for the tests\n && rm -rf /var/lib/apt/lists/*\nUSER node\n`,
    `${BASE}ARG VERSION=1.2\nENV JQ_COLORS="0;90" TOKENIZERS_PARALLELISM=false\nWORKDIR /home/node\nRUN ["true"]\nUSER 1000:1000\n`,
    `${BASE}SHELL ["/bin/bash", "-o", "pipefail", "-c"]\nRUN printf 'a # b\\n' > /tmp/a\n`,
  ])("is taken when it only adds to the image that the bottle was started on: %j", (text) => {
    expect(dockerfileProblems(text)).toEqual([]);
  });

  test.each<[string, string, RegExp]>([
    ["nothing", "", /first instruction/],
    ["no change", BASE, /changes nothing/],
    ["another image", "FROM node:24\nRUN true\n", /first instruction/],
    ["the base under another spelling", "from bot-bottle-agent\nRUN true\n", /first instruction/],
    ["a tag on the base", "FROM bot-bottle-agent:latest\nRUN true\n", /first instruction/],
    ["a name for the stage", "FROM bot-bottle-agent AS x\nRUN true\n", /first instruction/],
    ["a base that goes on", "FROM bot-bottle-agent \\\n AS x\nRUN true\n", /first instruction/],
    ["something before the base", "ARG BASE=evil\nFROM bot-bottle-agent\nRUN true\n", /first instruction/],
    ["a second stage", `${BASE}RUN true\nFROM alpine\nRUN true\n`, /one FROM only/],
    ["files of the build's folder", `${BASE}COPY . /app\n`, /COPY cannot be used: there are no files/],
    ["files of another image", `${BASE}COPY --from=alpine /bin/sh /sh\n`, /COPY cannot be used/],
    ["files of the network", `${BASE}ADD https://example.org/x /x\n`, /ADD cannot be used/],
    ["a label, by which bottles are told apart", `${BASE}LABEL bot-bottle.slug=demo-aaaaa\n`, /LABEL cannot be used/],
    ["a volume", `${BASE}VOLUME /data\n`, /VOLUME/],
    ["what happens later", `${BASE}ONBUILD RUN true\n`, /ONBUILD/],
    ["another start", `${BASE}ENTRYPOINT ["/bin/evil"]\n`, /ENTRYPOINT/],
    ["a command run beside the agent", `${BASE}HEALTHCHECK CMD curl evil\n`, /HEALTHCHECK cannot be used: use RUN/],
    ["another builder", `# syntax=docker.io/evil/frontend\n${BASE}RUN true\n`, /directives/],
    ["another builder, spelled otherwise", `#SYNTAX = evil\n${BASE}RUN true\n`, /directives/],
    ["another builder, for slashes", `// syntax=evil\n${BASE}RUN true\n`, /no instruction/],
    ["another builder, as JSON", `{"syntax":"evil"}\n${BASE}RUN true\n`, /no instruction/],
    ["another escape", `# escape=\`\n${BASE}RUN true \`\n`, /directives/],
    ["a mount", `${BASE}RUN --mount=type=secret,id=x cat /run/secrets/x\n`, /takes no options/],
    ["a mount on the next line", `${BASE}RUN \\\n  --mount=type=ssh true\n`, /takes no options/],
    ["no sandbox", `${BASE}RUN --security=insecure true\n`, /takes no options/],
    ["the host's network", `${BASE}run --network=host true\n`, /takes no options/],
    ["a here-document", `${BASE}RUN <<EOF\nFROM evil\nEOF\n`, /here-document/],
    ["a line that two builders end differently", `${BASE}RUN echo \\\\\nCOPY . /\n`, /more than one backslash/],
    ["an empty line inside an instruction", `${BASE}RUN true \\\n\nCOPY . /\n`, /empty in the middle/],
    ["an indented comment inside an instruction", `${BASE}RUN true \\\n  # x\nCOPY . /\n`, /indented comment/],
    ["an instruction without an end", `${BASE}RUN true \\\n`, /does not end|empty in the middle/],
    ["an instruction without content", `${BASE}RUN\n`, /says nothing/],
    ["root at the end", `${BASE}RUN true\nUSER root\n`, /last USER/],
    ["root at the end, by number", `${BASE}RUN true\nUSER 0:0\n`, /last USER/],
    ["a user out of a variable", `${BASE}ARG U=root\nRUN true\nUSER $U\n`, /last USER/],
    ["a credential's name and value", `${BASE}ENV GITHUB_TOKEN=abc\nRUN true\n`, /sets a credential/],
    ["the same in the old form", `${BASE}ENV DB_PASSWORD hunter2\nRUN true\n`, /sets a credential/],
    ["the same as an argument", `${BASE}ARG NPM_AUTH_TOKEN="x"\nRUN true\n`, /sets a credential/],
    ["a credential's shape", `${BASE}RUN curl -H "x: ghp_canary0123456789abcdef" https://a.example\n`, /looks like a credential/],
    ["a credential in a URL", `${BASE}RUN git clone https://user:canary@git.example/x\n`, /looks like a credential/],
    ["an escape sequence", `${BASE}RUN echo \u001b[2J\n`, /plain ASCII/],
    ["text that reads backwards", `${BASE}RUN echo \u202e\n`, /plain ASCII/],
    ["invisible text", `${BASE}RUN echo a\u200bb\n`, /plain ASCII/],
    ["carriage returns", `${BASE.trim()}\r\nRUN true\r\n`, /plain ASCII/],
    ["a null byte", `${BASE}RUN true\u0000\n`, /plain ASCII/],
    ["more than anybody reads", `${BASE}RUN ${"x".repeat(32 * 1024)}\n`, /longer than/],
    ["what is no Dockerfile", "<html></html>", /no instruction/],
  ])("is refused for %s, and says what to put right", (_what, text, problem) => {
    const problems = dockerfileProblems(text);
    expect(problems.join("\n")).toMatch(problem);
    expect(problems.join("\n")).not.toContain("canary");
  });

  test("whatever is taken names no other image and takes no file from anywhere", () => {
    const words = [
      "FROM",
      "RUN",
      "COPY",
      "ADD",
      "USER",
      "bot-bottle-agent",
      "alpine",
      "\\\n",
      "\n",
      " ",
      "#",
      "--mount=x",
      "<<E",
      "\\",
      "true",
      "\t",
    ];
    const text = fc.array(fc.constantFrom(...words), { maxLength: 30 }).map((parts) => `${BASE}${parts.join("")}`);
    fc.assert(
      fc.property(text, (dockerfile) => {
        if (dockerfileProblems(dockerfile).length > 0) return;
        const lines = dockerfile.split("\n").slice(1);
        const begins = lines.filter(
          (_line, index) => !/\\[ \t]*$/.test(lines.slice(0, index).findLast((line) => !line.startsWith("#")) ?? ""),
        );
        expect(begins.filter((line) => /^\s*(FROM|COPY|ADD)\b/i.test(line))).toEqual([]);
      }),
    );
  });

  test("no text is slow to read", () => {
    const started = performance.now();
    for (const piece of ["TOKEN_", "\\ ", "://a:", "-----BEGIN ", "eyJaaaaaaaaaaaa", "\\\n", "#\n"]) {
      dockerfileProblems(`${BASE}RUN ${piece.repeat(Math.floor(32_000 / piece.length))}`);
      dockerfileProblems(`${BASE}ENV ${piece.repeat(Math.floor(32_000 / piece.length))}`);
    }
    expect(performance.now() - started).toBeLessThan(3000);
  });

  test("the base is no name that a registry could answer for", () => {
    expect(AGENT_BASE).toBe("bot-bottle-agent");
    const own = readFileSync(new URL("../../../../main/providers/images/agent.Dockerfile", import.meta.url), "utf8");
    expect(dockerfileProblems(own)).not.toEqual([]);
  });
});
