import { useRef, useState } from "react";
import type { Preflight } from "#common/domain/bottle.ts";

export type Prompt = Preflight["prompts"][number];

interface Answerable {
  value: string;
}

export interface Prompts {
  /** All the bottle asks for. */
  all: readonly Prompt[];
  /** Those that have a field: not answered yet, or to be answered anew. */
  shown: readonly Prompt[];
  /** Names of those that keep the start waiting. */
  open: readonly string[];
  register: (name: string, field: Answerable | null) => void;
  setFilled: (name: string, filled: boolean) => void;
  /** Answers one again that was answered for an earlier start. */
  again: (name: string) => void;
  /** What was typed, by name, out of the fields that are empty after it. */
  take: () => Record<string, string>;
}

const none: readonly Prompt[] = [];

/** The values a bottle asks for (ENV-1). What is typed stays in its field; only whether something was typed is known here. */
export function usePrompts(preflight: Preflight | undefined): Prompts {
  const fields = useRef(new Map<string, Answerable>());
  const [filled, setFilled] = useState<ReadonlySet<string>>(new Set());
  const [renewed, setRenewed] = useState<ReadonlySet<string>>(new Set());
  const all = preflight?.prompts ?? none;
  const shown = all.filter(({ name, answered }) => !answered || renewed.has(name));
  return {
    all,
    shown,
    open: shown.filter(({ name }) => !filled.has(name)).map(({ name }) => name),
    register: (name, field) => {
      if (field) fields.current.set(name, field);
      else fields.current.delete(name);
    },
    setFilled: (name, now) =>
      setFilled((before) => {
        const names = new Set(before);
        if (now) names.add(name);
        else names.delete(name);
        return names;
      }),
    again: (name) => setRenewed((before) => new Set([...before, name])),
    take: () => {
      const answers: Record<string, string> = {};
      for (const { name } of shown) {
        const field = fields.current.get(name);
        if (!field) continue;
        answers[name] = field.value;
        field.value = "";
      }
      setFilled(new Set());
      return answers;
    },
  };
}
