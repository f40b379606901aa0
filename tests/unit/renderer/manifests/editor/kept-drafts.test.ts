import { expect, test } from "vitest";
import { keepDraft, keptDraft } from "../../../../../renderer/manifests/editor/kept-drafts.ts";

class MemoryStorage implements Storage {
  readonly #items = new Map<string, string>();
  [name: string]: unknown;
  get length(): number {
    return this.#items.size;
  }
  clear(): void {
    this.#items.clear();
  }
  getItem(key: string): string | null {
    return this.#items.get(key) ?? null;
  }
  key(index: number): string | null {
    return [...this.#items.keys()][index] ?? null;
  }
  removeItem(key: string): void {
    this.#items.delete(key);
  }
  setItem(key: string, value: string): void {
    this.#items.set(key, value);
  }
}

const bottle = { kind: "bottle", name: "dev", workspace: null } as const;
const draft = { source: "---\n---\nTyped.\n", digest: "abc" };

test("MAN-9: a draft is kept for its own file and goes when it is saved or discarded", () => {
  const storage = new MemoryStorage();
  keepDraft(storage, bottle, draft);
  expect(keptDraft(storage, bottle)).toEqual(draft);
  expect(keptDraft(storage, { ...bottle, kind: "agent" })).toBeNull();
  keepDraft(storage, bottle, null);
  expect(storage.length).toBe(0);
});

test("what is stored but is no draft is no draft", () => {
  const storage = new MemoryStorage();
  keepDraft(storage, bottle, draft);
  for (const broken of ["", "{", "null", '{"source":1,"digest":"x"}', "[]"]) {
    storage.setItem(storage.key(0) ?? "", broken);
    expect(keptDraft(storage, bottle)).toBeNull();
  }
});

test("a text of megabytes is not kept", () => {
  const storage = new MemoryStorage();
  keepDraft(storage, bottle, { ...draft, source: "x".repeat(300 * 1024) });
  expect(storage.length).toBe(0);
});
