import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isModelCall } from "../../../../../sidecars/egress/answer/model-call.ts";
import { UsageMeter } from "../../../../../sidecars/egress/answer/usage-meter.ts";
import { parseResponseHead } from "../../../../../sidecars/egress/http1/response-head.ts";

const EVENTS = "text/event-stream; charset=utf-8";
const JSON_TYPE = "application/json";

function meterFor(type: string, status = 200): UsageMeter | null {
  return UsageMeter.for(parseResponseHead(`HTTP/1.1 ${status} OK\r\nContent-Type: ${type}`, "POST", 10));
}

function usageOf(type: string, text: string, cuts: readonly number[] = []) {
  const meter = meterFor(type);
  const bytes = Buffer.from(text);
  const ends = [...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
  let from = 0;
  for (const end of ends) {
    meter?.take(bytes, from, end);
    from = end;
  }
  return meter?.usage() ?? null;
}

const event = (value: unknown, name = "x") => `event: ${name}\ndata: ${JSON.stringify(value)}\n\n`;
const messages = { input_tokens: 100, output_tokens: 20, cache_creation_input_tokens: 30, cache_read_input_tokens: 4000 };
const counted = { model: "claude-opus-4-5", input: 100, output: 20, cacheWrite: 30, cacheRead: 4000 };
const message = { id: "m", type: "message", model: "claude-opus-4-5", content: [{ type: "text", text: "hi" }] };
const streamed =
  event({ type: "message_start", message: { ...message, content: [], usage: { ...messages, output_tokens: 1 } } }) +
  event({ type: "content_block_delta", index: 0, delta: { type: "text_delta", text: 'usage":{"output_tokens":9999}' } }) +
  event({ type: "message_delta", delta: { stop_reason: "end_turn" }, usage: { output_tokens: 20 } }) +
  event({ type: "message_stop" });
const responses = { input_tokens: 100, input_tokens_details: { cached_tokens: 40 }, output_tokens: 7, total_tokens: 107 };
const completed = {
  type: "response.completed",
  response: { id: "r", model: "gpt-5", output: [{ usage: { output_tokens: 5 } }], usage: responses },
};

describe("MAN-6: what an answer says it cost", () => {
  test.each([
    ["a message", JSON_TYPE, JSON.stringify({ ...message, usage: messages }), counted],
    ["a message over many lines", JSON_TYPE, JSON.stringify({ ...message, usage: messages }, null, 2), counted],
    ["a streamed message", EVENTS, streamed, counted],
    ["a streamed message with CR LF", EVENTS, streamed.replaceAll("\n", "\r\n"), counted],
    [
      "a response",
      JSON_TYPE,
      JSON.stringify({ model: "gpt-5", usage: responses }),
      { model: "gpt-5", input: 60, output: 7, cacheRead: 40, cacheWrite: 0 },
    ],
    [
      "a streamed response",
      EVENTS,
      event({ type: "response.created", response: { usage: null } }) + event(completed),
      { model: "gpt-5", input: 60, output: 7, cacheRead: 40, cacheWrite: 0 },
    ],
    [
      "a chat completion",
      JSON_TYPE,
      JSON.stringify({ model: "m", usage: { prompt_tokens: 9, completion_tokens: 2, prompt_tokens_details: { cached_tokens: 8 } } }),
      { model: "m", input: 1, output: 2, cacheRead: 8, cacheWrite: 0 },
    ],
    [
      "a streamed chat completion",
      EVENTS,
      `data: {"model":"m","usage":null}\n\ndata:{"model":"m","choices":[],"usage":{"prompt_tokens":9,"completion_tokens":2}}\n\ndata: [DONE]\n\n`,
      { model: "m", input: 9, output: 2, cacheRead: 0, cacheWrite: 0 },
    ],
  ])("%s, however it is cut up", (_, type, text, expected) => {
    expect(usageOf(type, text)).toEqual(expected);
    fc.assert(
      fc.property(fc.array(fc.nat(), { maxLength: 20 }), (cuts) => {
        expect(usageOf(type, text, cuts)).toEqual(expected);
      }),
    );
  });

  test.each([
    ["text that looks like a count", { content: '{"usage":{"input_tokens":5}}', note: '"usage":{"input_tokens":5}' }],
    ["a count in a list", { usage: [{ input_tokens: 5 }], list: [{ usage: { input_tokens: 5 } }] }],
    [
      "a count elsewhere",
      { content: { usage: { input_tokens: 5 } }, input_tokens: 5, a: { b: { c: { d: { e: { usage: { input_tokens: 5 } } } } } } },
    ],
    ["a count that is none", { usage: { input_tokens: -5, output_tokens: 1.5, cache_read_input_tokens: "7", prompt_tokens: 1e40, x: 1 } }],
  ])("%s does not count", (_, value) => expect(usageOf(JSON_TYPE, JSON.stringify(value))).toBeNull());

  test("texts that end in quotes and backslashes end where they end, wherever they are cut", () => {
    const text = fc.stringMatching(/^[\\"a{}:,]{0,12}$/);
    fc.assert(
      fc.property(text, text, fc.array(fc.nat(), { maxLength: 10 }), (key, value, cuts) => {
        const body = JSON.stringify({ [`x${key}`]: value, usage: { [key]: 1, output_tokens: 3 }, last: value });
        expect(usageOf(JSON_TYPE, body, cuts)).toMatchObject({ output: 3, input: 0 });
      }),
      { numRuns: 500 },
    );
  });

  test("a count beyond all measure is cut", () => {
    expect(usageOf(JSON_TYPE, '{"usage":{"input_tokens":999999999999999,"output_tokens":9999999999999999999999}}')).toMatchObject({
      input: 20_000_000,
      output: 0,
    });
  });

  test("a model's name that is no name is not shown", () => {
    expect(usageOf(JSON_TYPE, `{"model":"<b>\\u202e x","usage":{"input_tokens":1}}`)).toMatchObject({ model: "unknown" });
    expect(usageOf(JSON_TYPE, `{"model":"${"m".repeat(101)}","usage":{"input_tokens":1}}`)).toMatchObject({ model: "unknown" });
  });

  test("whatever comes, nothing breaks and no count is negative or more than the most", () => {
    const part = fc.oneof(
      fc.constantFrom('{"usage":', "{", "}", "[", "]", '"', "\\", ":", ",", "data: ", "\n", '"input_tokens":', "-", "1e9", "12", "}}}"),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.constantFrom(EVENTS, JSON_TYPE), fc.array(part, { maxLength: 60 }), (type, parts) => {
        const usage = usageOf(type, parts.join(""));
        if (usage === null) return;
        for (const count of [usage.input, usage.output, usage.cacheRead, usage.cacheWrite]) {
          expect(Number.isInteger(count) && count >= 0 && count <= 20_000_000).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });

  test.each([
    ["text/plain", 200],
    [JSON_TYPE, 429],
    [EVENTS, 500],
  ])("an answer of %s with %i tells of no tokens", (type, status) => expect(meterFor(type, status)).toBeNull());

  test.each([
    ["POST", "/v1/messages", true],
    ["POST", "/gateway/anthropic/v1/messages", true],
    ["POST", "/V1/Messages/", true],
    ["POST", "/v1/messages/batches", true],
    ["POST", "/v1/m%65ss%61ges", true],
    ["POST", "/v1;a=b/messages;x", true],
    ["POST", "/backend-api/codex/responses", true],
    ["POST", "/v1/chat/completions", true],
    ["POST", "/v1/completions", true],
    ["POST", "/v1/complete", true],
    ["POST", "/v1/embeddings", true],
    ["POST", "/v1/responses/compact", true],
    ["POST", "/v1/messages/count_tokens", false],
    ["GET", "/v1/messages", false],
    ["POST", "/inbox/messages", false],
  ])("%s %s asks a model: %s", (method, path, asks) => expect(isModelCall(method, path)).toBe(asks));
});
