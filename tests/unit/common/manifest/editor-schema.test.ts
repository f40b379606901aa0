import { join } from "node:path";
import { expect, test } from "vitest";
import { editorSchema, providerSchema } from "#common/manifest/editor-schema.ts";

const SCHEMAS = join(import.meta.dirname, "../../../../docs/schemas");

// After a change of the definition: `vitest run --project unit tests/unit/common/manifest -u`.
test.each(["bottle", "agent"] as const)("docs/schemas/%s.schema.json is current (MAN-10)", async (kind) => {
  await expect(`${JSON.stringify(editorSchema(kind), null, 2)}\n`).toMatchFileSnapshot(join(SCHEMAS, `${kind}.schema.json`));
});

test("docs/schemas/provider.schema.json is current (PRV-6)", async () => {
  await expect(`${JSON.stringify(providerSchema(), null, 2)}\n`).toMatchFileSnapshot(join(SCHEMAS, "provider.schema.json"));
});

test("editors flag unknown keys and know which are required", () => {
  expect(editorSchema("agent")).toMatchObject({ additionalProperties: false, required: ["bottle"] });
  expect(editorSchema("bottle")).toMatchObject({ additionalProperties: false });
});
