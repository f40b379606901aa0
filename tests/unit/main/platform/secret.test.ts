import { inspect } from "node:util";
import { expect, test } from "vitest";
import { Secret } from "../../../../main/platform/secret.ts";

const CANARY = "canary-9f2d";

test.each([
  ["a template", (secret: Secret) => `${secret}`],
  ["JSON", (secret: Secret) => JSON.stringify({ secret, list: [secret] })],
  ["the inspector", (secret: Secret) => inspect({ secret }, { depth: 10, showHidden: true })],
  ["an error", (secret: Secret) => inspect(new Error("failed", { cause: { secret } }), { showHidden: true })],
  ["its keys", (secret: Secret) => JSON.stringify([Object.keys(secret), Object.entries({ ...secret })])],
  ["a clone", (secret: Secret) => inspect(structuredClone({ secret }), { showHidden: true })],
])("a secret does not show in %s (D8)", (_where, show) => {
  expect(show(new Secret(CANARY))).not.toContain(CANARY);
});

test("and is opened by one method", () => {
  expect(new Secret(CANARY).reveal()).toBe(CANARY);
});
