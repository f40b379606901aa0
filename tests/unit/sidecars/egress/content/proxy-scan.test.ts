import { randomBytes } from "node:crypto";
import { EventEmitter, once } from "node:events";
import type { TLSSocket } from "node:tls";
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import { describe, expect, test, vi } from "vitest";
import type { Route } from "#common/domain/route.ts";
import { RuleDetector } from "../../../../../sidecars/egress/content/rule-detector.ts";
import type { Egress, TunnelClient, Upstream } from "../harness.ts";
import { HOST, httpUpstream, plainClient, rawUpstream, route, startEgress, tunnelClient } from "../harness.ts";
import { answerOf, ask, http2Client } from "../http2-client.ts";
import { sampleOf, samples } from "./samples.ts";

const secret = sampleOf("github-pat");
const OWN = "own-secret-5c1f8a7e93d2b604";

interface Scene extends AsyncDisposable {
  readonly egress: Egress;
  readonly client: TunnelClient;
  /** Everything that ever reached the upstream. */
  readonly seen: () => string;
  /** Resolves once that holds this. */
  readonly saw: (text: string) => Promise<void>;
}

/** An upstream that listens and never answers. */
async function scene(overrides: Partial<{ route: Route; secrets: Record<string, string> }> = {}): Promise<Scene> {
  await using stack = new AsyncDisposableStack();
  const chunks: Buffer[] = [];
  const arrivals = new EventEmitter();
  const upstream = stack.use(
    await rawUpstream((socket) => {
      socket.on("data", (chunk: Buffer) => {
        chunks.push(chunk);
        arrivals.emit("more");
      });
    }),
  );
  const seen = () => Buffer.concat(chunks).toString("latin1");
  const egress = stack.use(
    await startEgress({
      upstream,
      routes: [overrides.route ?? route()],
      ...(overrides.secrets === undefined ? {} : { secrets: overrides.secrets }),
    }),
  );
  const client = stack.use(await tunnelClient(egress));
  const saw = async (text: string) => {
    while (!seen().includes(text)) await once(arrivals, "more");
  };
  const owned = stack.move();
  return { egress, client, seen, saw, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

function post(body: Buffer | string, fields = ""): Buffer {
  const bytes = Buffer.from(body);
  return Buffer.concat([
    Buffer.from(`POST /v1/messages HTTP/1.1\r\nHost: ${HOST}\r\n${fields}Content-Length: ${bytes.length}\r\n\r\n`),
    bytes,
  ]);
}

async function writeInParts(socket: TLSSocket, bytes: Buffer, cuts: readonly number[]): Promise<void> {
  const ends = [...cuts, bytes.length];
  for (const [index, end] of ends.entries()) {
    const written = Promise.withResolvers<void>();
    socket.write(bytes.subarray(ends[index - 1] ?? 0, end), () => written.resolve());
    await written.promise;
  }
}

/** Whatever anybody is told holds neither the secret nor more of it than an excerpt. */
function expectNothingTold({ egress, seen }: Scene, answer: { head: string; body: string }, canary = secret.canary): void {
  for (const told of [JSON.stringify(egress.decisions), answer.head, answer.body, seen()]) expect(told).not.toContain(canary);
}

describe("DLP-2: a request with a credential is refused before that leaves", () => {
  test.each(samples)("in a body: $rule", async ({ rule, text, canary }) => {
    await using there = await scene();
    const body = JSON.stringify({ messages: [{ role: "user", content: `before ${text} after` }] });
    const bytes = post(body, "Content-Type: application/json\r\n");
    const middle = bytes.indexOf(canary.slice(0, 8)) + 3;
    await writeInParts(there.client.socket, bytes, [middle, middle + 5]);
    const answer = await there.client.reader.answer();
    expect(answer).toMatchObject({ status: 403, body: expect.stringContaining(`allow_findings ["${rule}"]`) });
    const decision = await there.egress.decision(({ verdict }) => verdict === "refused");
    expect(decision).toMatchObject({ rule: "dlp", status: 403, finding: { rule, part: "body" } });
    expect(decision.finding?.excerpt).toMatch(/^.{0,4}…, (fewer than 20|20 to 49|50 to 199|200 or more) characters$/);
    expectNothingTold(there, answer, canary);
  });

  const token = secret.text;
  test.each([
    ["path", `GET /files/${token}/raw HTTP/1.1\r\n`, "", "path", "the path"],
    ["query", `GET /?x=1&token=${token} HTTP/1.1\r\n`, "", "query", "token"],
    ["query, in codes", `GET /?token=${token.replace("_", "%5F")} HTTP/1.1\r\n`, "", "query", "token"],
    ["query, as a name", `GET /?${token}=1 HTTP/1.1\r\n`, "", "query", "whose name is the credential"],
    ["field", "GET / HTTP/1.1\r\n", `X-Api-Key: ${token}\r\n`, "header", "x-api-key"],
    ["field's name", "GET / HTTP/1.1\r\n", `${token}: 1\r\n`, "header", "whose name is the credential"],
    ["cookie", "GET / HTTP/1.1\r\n", `Cookie: a=1; session=${token}\r\n`, "header", "cookie"],
    ["field, in base64", "GET / HTTP/1.1\r\n", `X-Auth: Basic ${Buffer.from(`user:${token}`).toString("base64")}\r\n`, "header", "x-auth"],
    ["method", `${sampleOf("aws-access-token").text} / HTTP/1.1\r\n`, "", "path", "the method"],
  ])("in the %s", async (_, line, fields, part, place) => {
    await using there = await scene();
    there.client.socket.write(`${line}Host: ${HOST}\r\n${fields}\r\n`);
    const answer = await there.client.reader.answer();
    expect(answer.status).toBe(403);
    const decision = await there.egress.decision(({ verdict }) => verdict === "refused");
    expect(decision).toMatchObject({ rule: "dlp", finding: { part, place } });
    expectNothingTold(there, answer);
    expectNothingTold(there, answer, sampleOf("aws-access-token").canary);
    expect(there.seen()).toBe("");
  });

  test("over HTTP/2, in each part", async () => {
    await using upstream = await receiving(() => undefined);
    await using egress = await startEgress({ upstream });
    using client = await http2Client(egress);
    const trailing = client.session.request({ ":method": "POST", ":path": "/" }, { waitForTrailers: true });
    trailing.on("wantTrailers", () => trailing.sendTrailers({ "x-note": token }));
    trailing.end("nothing of the kind");
    const trailed = answerOf(trailing);
    const answers = [
      await ask(client, { ":path": `/${token}` }),
      await ask(client, { "x-note": token }),
      await ask(client, { ":method": "POST" }, JSON.stringify({ text: `before ${token}` })),
      await ask(client, { ":method": "POST" }, "ordinary words\n".repeat(40_000) + token),
      await trailed,
      await ask(client, { ":method": "POST", "grpc-encoding": "gzip" }, gzipSync(token)),
    ];
    expect(answers.map(({ status, resetCode }) => [status, resetCode])).toEqual(Array(6).fill([403, 0]));
    expect(await ask(client, { ":method": "POST" }, "well")).toMatchObject({ status: 200, body: "well" });
    expect(JSON.stringify([egress.decisions, answers])).not.toContain(secret.canary);
  });

  test("in a trailer", async () => {
    await using there = await scene();
    const head = `POST / HTTP/1.1\r\nHost: ${HOST}\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n`;
    there.client.socket.write(`${head}0\r\nX-Note: ${token}\r\n\r\n`);
    const answer = await there.client.reader.answer();
    expect(answer.status).toBe(403);
    expect(await there.egress.decision(({ rule }) => rule === "dlp")).toMatchObject({ finding: { part: "header", place: "x-note" } });
    expectNothingTold(there, answer);
  });

  test("over chunks of one byte", async () => {
    await using there = await scene();
    const chunks = [...`before ${token} after`].map((letter) => `1\r\n${letter}\r\n`).join("");
    there.client.socket.write(`POST / HTTP/1.1\r\nHost: ${HOST}\r\nTransfer-Encoding: chunked\r\n\r\n${chunks}0\r\n\r\n`);
    const answer = await there.client.reader.answer();
    expect(answer.status).toBe(403);
    expectNothingTold(there, answer);
  });

  test.each([
    ["gzip", gzipSync],
    ["deflate", deflateSync],
    ["deflate", deflateRawSync],
    ["br", brotliCompressSync],
    ["zstd", zstdCompressSync],
  ])("compressed as %s, whatever the parts it comes in", async (coding, compress) => {
    await using there = await scene();
    const body = compress(Buffer.from(`${"ordinary text. ".repeat(100)}${token}${" more text.".repeat(100)}`));
    const bytes = post(body, `Content-Encoding: ${coding}\r\n`);
    await writeInParts(there.client.socket, bytes, [bytes.length - body.length + 3, bytes.length - 20]);
    const answer = await there.client.reader.answer();
    expect(answer).toMatchObject({ status: 403, body: expect.stringContaining("github-pat") });
    expectNothingTold(there, answer);
  });

  test("after a megabyte that has left already: the upstream's connection ends before it", async () => {
    await using there = await scene();
    const filler = "ordinary words of a long conversation\n".repeat(30_000);
    there.client.socket.write(post(filler + token + filler));
    const answer = await there.client.reader.answer();
    expect(answer.status).toBe(403);
    expectNothingTold(there, answer);
    expect(there.seen().length).toBeGreaterThan(filler.length / 2);
  });

  test("and the connection serves the next request", async () => {
    await using upstream = await httpUpstream((_request, response) => response.end("well"));
    await using egress = await startEgress({ upstream });
    using client = await tunnelClient(egress);
    client.socket.write(post(token));
    expect((await client.reader.answer()).status).toBe(403);
    client.socket.write(post("nothing of the kind"));
    expect(await client.reader.answer()).toMatchObject({ status: 200, body: "well" });
  });

  test("and no event tells it where the request is refused for another reason, or let pass", async () => {
    await using upstream = await httpUpstream((_request, response) => response.end("well"));
    const lenient = route({ pathAllowlist: ["/open/"], pipelock: { ssrfIpAllowlist: ["127.0.0.1"], allowFindings: ["github-pat"] } });
    await using egress = await startEgress({ upstream, routes: [lenient] });
    using client = await tunnelClient(egress);
    for (const path of [`/closed/${token}`, `/open/${token}`]) {
      client.socket.write(`GET ${path} HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`);
      await client.reader.answer();
    }
    expect(egress.decisions.map(({ verdict, path }) => [verdict, path])).toEqual([
      ["refused", "/closed/[redacted]"],
      ["allowed", "/open/[redacted]"],
    ]);
    expect(JSON.stringify(egress.decisions)).not.toContain(secret.canary);
  });
});

test("DLP-2: where a rule breaks on a text, that does not leave, and everything else goes on", async () => {
  const urls: string[] = [];
  await using upstream = await httpUpstream((request, response) => {
    urls.push(request.url ?? "");
    request.resume().on("end", () => response.end("well"));
  });
  await using egress = await startEgress({ upstream });
  const broken = vi.spyOn(RuleDetector.prototype, "find").mockImplementation(() => {
    throw new RangeError("too deep");
  });
  try {
    using client = await tunnelClient(egress);
    client.socket.write(`GET /ghp_ HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`);
    expect((await client.reader.answer()).status).toBe(403);
    client.socket.write(post("say ghp_ and go"));
    expect((await client.reader.answer()).status).toBe(403);
    using http2 = await http2Client(egress);
    expect(await ask(http2, { "x-note": "ghp_" })).toMatchObject({ status: 403 });
    client.socket.write(`GET /plain HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`);
    expect((await client.reader.until("well")).slice(0, 12)).toBe("HTTP/1.1 200");
    expect(urls).toEqual(["/plain"]);
  } finally {
    broken.mockRestore();
  }
});

describe("DLP-2: the bottle's own secrets", () => {
  test("SEC-3: are in no event, although the agent makes a host's name of one", async () => {
    await using egress = await startEgress({ upstream: { port: 1 }, secrets: { TOKEN: OWN } });
    const host = `x.${OWN}.example.org`;
    using client = await tunnelClient(egress, { host });
    client.socket.write(`GET /?${OWN} HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
    expect((await client.reader.answer()).status).toBe(403);
    using plain = await plainClient(egress);
    plain.socket.write(`GET http://${host}/ HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
    expect((await plain.reader.answer()).status).toBe(403);
    expect(egress.decisions).toMatchObject([
      { host: "x.[redacted].example.org", reason: "no route for x.[redacted].example.org" },
      { host: "x.[redacted].example.org", rule: "tls-required" },
    ]);
    expect(JSON.stringify(egress.decisions)).not.toContain(OWN);
  });

  test.each([
    ["as it is", OWN],
    ["in base64 behind other text", Buffer.from(`x:${OWN}`).toString("base64")],
    ["in base64 twice", Buffer.from(Buffer.from(`user ${OWN}!`).toString("base64")).toString("base64")],
    ["in hexadecimal digits", Buffer.from(OWN).toString("hex").toUpperCase()],
    ["backwards", [...OWN].reverse().join("")],
    ["in percent codes", [...OWN].map((letter) => `%${letter.charCodeAt(0).toString(16)}`).join("")],
    ["in UTF-16", Buffer.from(OWN, "utf16le").toString("base64")],
  ])("leave no bottle: %s, whatever the route lets pass", async (_, spelled) => {
    const lenient = route({ pipelock: { ssrfIpAllowlist: ["127.0.0.1"], allowFindings: ["injected-secret"] } });
    await using there = await scene({ route: lenient, secrets: { TOKEN: OWN } });
    there.client.socket.write(post(`{"note":"${spelled}"}`));
    const answer = await there.client.reader.answer();
    expect(answer).toMatchObject({ status: 403, body: expect.stringContaining("Nothing can let it pass") });
    const decision = await there.egress.decision(({ rule }) => rule === "dlp");
    expect(decision.finding).toMatchObject({ rule: "injected-secret", excerpt: expect.stringMatching(/^…, \w+ to \w+ characters$/) });
    expectNothingTold(there, answer, spelled.slice(4));
  });

  test.each(["short-1", "password", "Administrator"])("are not looked for where ordinary text holds them: %s", async (value) => {
    await using upstream = await httpUpstream((_request, response) => response.end("well"));
    await using egress = await startEgress({ upstream, secrets: { TOKEN: value } });
    using client = await tunnelClient(egress);
    client.socket.write(post(`say ${value} and enter`));
    expect((await client.reader.answer()).status).toBe(200);
  });

  test("are known from the moment they come to the moment they go", async () => {
    await using upstream = await httpUpstream((_request, response) => response.end("well"));
    await using egress = await startEgress({ upstream });
    using client = await tunnelClient(egress);
    const status = async () => {
      client.socket.write(post(OWN));
      return (await client.reader.answer()).status;
    };
    expect(await status()).toBe(200);
    egress.proxy.setSecrets({ TOKEN: OWN });
    expect(await status()).toBe(403);
    egress.proxy.setSecrets({ TOKEN: null });
    expect(await status()).toBe(200);
  });
});

describe("DLP-2: a body that cannot be read is refused", () => {
  const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024));
  const unreadable: readonly (readonly [string, string, Buffer])[] = [
    ["of an unknown coding", "lzma", Buffer.from("anything")],
    ["coded twice", "gzip, br", gzipSync("anything")],
    ["that is not what it says", "gzip", Buffer.from("this is no gzip at all")],
    ["that is cut short", "gzip", gzipSync("ordinary text, and more of it").subarray(0, -6)],
    ["behind whose content something follows", "br", Buffer.concat([brotliCompressSync("ordinary"), Buffer.from("more")])],
    ["that unfolds without end", "gzip", bomb],
  ];
  test.each(unreadable)("%s", async (_, coding, body) => {
    await using there = await scene();
    there.client.socket.write(post(body, `Content-Encoding: ${coding}\r\n`));
    const answer = await there.client.reader.answer();
    expect(answer).toMatchObject({ status: 403, body: expect.stringContaining('allow_findings ["unreadable-body"]') });
    expect(await there.egress.decision(({ rule }) => rule === "dlp")).toMatchObject({ finding: { rule: "unreadable-body", part: "body" } });
  });

  test.each(unreadable)("%s, unless the operator lets it pass", async (_, coding, body) => {
    let received: Buffer = Buffer.alloc(0);
    await using upstream = await receiving((bytes) => {
      received = bytes;
    });
    const lenient = route({ pipelock: { ssrfIpAllowlist: ["127.0.0.1"], allowFindings: ["unreadable-body"] } });
    await using egress = await startEgress({ upstream, routes: [lenient] });
    using client = await tunnelClient(egress);
    client.socket.write(post(body, `Content-Encoding: ${coding}\r\n`));
    expect((await client.reader.answer()).status).toBe(200);
    expect(received.equals(body)).toBe(true);
  });
});

function receiving(received: (bytes: Buffer) => void): Promise<Upstream> {
  return httpUpstream((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      received(Buffer.concat(chunks));
      response.end("well");
    });
  });
}

describe("DLP-2: what holds no credential passes unchanged", () => {
  const text = Buffer.from("ordinary words and key = value\n".repeat(20_000));
  test.each([
    ["text", "", text],
    ["random bytes", "", randomBytes(2 * 1024 * 1024)],
    ["a picture in JSON", "", Buffer.from(JSON.stringify({ image: randomBytes(700_000).toString("base64") }))],
    ["gzip", "Content-Encoding: gzip\r\n", gzipSync(text)],
    ["zstd", "Content-Encoding: zstd\r\n", zstdCompressSync(randomBytes(500_000))],
    ["aws-chunked", "Content-Encoding: aws-chunked\r\n", text],
  ])("%s", async (_, fields, body) => {
    let received: Buffer = Buffer.alloc(0);
    await using upstream = await receiving((bytes) => {
      received = bytes;
    });
    await using egress = await startEgress({ upstream });
    using client = await tunnelClient(egress);
    client.socket.write(post(body, fields));
    expect((await client.reader.answer()).status).toBe(200);
    expect(received.equals(body)).toBe(true);
  });

  test("a part of a body leaves before the next one comes", async () => {
    await using there = await scene();
    there.client.socket.write(`POST / HTTP/1.1\r\nHost: ${HOST}\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n{"a": 1}\n\r\n`);
    await there.saw('{"a": 1}');
  });

  test("what the operator lets pass on a route leaves there, and nothing else", async () => {
    let received: Buffer = Buffer.alloc(0);
    await using upstream = await receiving((bytes) => {
      received = bytes;
    });
    const lenient = route({ pipelock: { ssrfIpAllowlist: ["127.0.0.1"], allowFindings: ["github-pat"] } });
    await using egress = await startEgress({ upstream, routes: [lenient] });
    using client = await tunnelClient(egress);
    client.socket.write(post(secret.text, `X-Note: ${secret.text}\r\n`));
    expect((await client.reader.answer()).status).toBe(200);
    expect(received.toString()).toBe(secret.text);
    client.socket.write(post(`${secret.text} ${sampleOf("npm-access-token").text}`));
    expect(await client.reader.answer()).toMatchObject({ status: 403, body: expect.stringContaining("npm-access-token") });
  });

  test.each([
    [
      "the id of a key in a signed link",
      `/file?X-Amz-Credential=${sampleOf("aws-access-token").text}%2F20260101%2Fus-east-1%2Fs3%2Faws4_request`,
    ],
    ["the same, the older way", `/file?AWSAccessKeyId=${sampleOf("aws-access-token").text}&Signature=abc`],
  ])("%s", async (_, path) => {
    await using upstream = await httpUpstream((_request, response) => response.end("well"));
    await using egress = await startEgress({ upstream });
    using client = await tunnelClient(egress);
    client.socket.write(`GET ${path} HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`);
    expect((await client.reader.answer()).status).toBe(200);
  });
});
