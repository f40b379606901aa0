/** Finds all keywords in one pass over the bytes, however many there are, and goes on where the last bytes ended (Aho and Corasick). */
export interface KeywordAutomaton {
  /** `steps[state + classes[byte]]` is the next state; 0 is where nothing has begun. */
  readonly steps: Uint32Array;
  readonly classes: Uint8Array;
  /** In this state and all above it a keyword ends. */
  readonly firstEnding: number;
  /** Indexes of the keywords that end in a state, by the state. */
  readonly endings: ReadonlyMap<number, readonly number[]>;
  /** How many characters of a keyword a state has seen, by `state / width`. */
  readonly depths: Uint16Array;
  readonly width: number;
}

/** The automaton while it is built: states by number, in flat tables, since objects would cost megabytes. */
interface Draft {
  readonly width: number;
  /** By state and class; 0 where a keyword does not go on. */
  readonly next: Uint32Array;
  readonly depths: Uint16Array;
  readonly endings: Map<number, number[]>;
  states: number;
}

/** Keywords are in lower case and not empty; letters of both cases match them. */
export function buildAutomaton(keywords: readonly string[]): KeywordAutomaton {
  const classes = classify(keywords);
  const draft = plant(keywords, classes);
  complete(draft);
  return numbered(draft, classes);
}

/** Bytes that no keyword holds are all alike. */
function classify(keywords: readonly string[]): Uint8Array {
  const classes = new Uint8Array(256);
  let count = 0;
  for (const byte of Buffer.from(keywords.join(""), "latin1")) {
    if (classes[byte] !== 0) continue;
    count += 1;
    classes[byte] = count;
    if (byte >= 0x61 && byte <= 0x7a) classes[byte - 0x20] = count;
  }
  return classes;
}

function plant(keywords: readonly string[], classes: Uint8Array): Draft {
  const width = Math.max(...classes) + 1;
  const most = keywords.reduce((sum, { length }) => sum + length, 1);
  const draft: Draft = { width, next: new Uint32Array(most * width), depths: new Uint16Array(most), endings: new Map(), states: 1 };
  for (const [index, keyword] of keywords.entries()) {
    let state = 0;
    for (let at = 0; at < keyword.length; at += 1) {
      const edge = state * width + (classes[keyword.charCodeAt(at)] as number);
      if (draft.next[edge] === 0) {
        draft.next[edge] = draft.states;
        draft.depths[draft.states] = at + 1;
        draft.states += 1;
      }
      state = draft.next[edge] as number;
    }
    draft.endings.set(state, [...(draft.endings.get(state) ?? []), index]);
  }
  return draft;
}

/** Leads every state on by every byte: where its keyword does not go on, as the longest other keyword does that has begun in it. */
function complete({ width, next, endings, states }: Draft): void {
  const fallbacks = new Uint32Array(states);
  const queue = [0];
  for (const state of queue) {
    const fallback = fallbacks[state] as number;
    for (let byteClass = 0; byteClass < width; byteClass += 1) {
      const edge = state * width + byteClass;
      const child = next[edge] as number;
      const other = state === 0 ? 0 : (next[fallback * width + byteClass] as number);
      if (child === 0) next[edge] = other;
      else {
        fallbacks[child] = other;
        const inherited = endings.get(other);
        if (inherited !== undefined) endings.set(child, [...(endings.get(child) ?? []), ...inherited]);
        queue.push(child);
      }
    }
  }
}

/** States become offsets into the table. Those in which something ends come last: telling them apart costs one comparison a byte. */
function numbered({ width, next, depths, endings, states }: Draft, classes: Uint8Array): KeywordAutomaton {
  const all = Array.from({ length: states }, (_, state) => state);
  const inOrder = [...all.filter((state) => !endings.has(state)), ...all.filter((state) => endings.has(state))];
  const offsets = new Uint32Array(states);
  for (const [index, state] of inOrder.entries()) offsets[state] = index * width;
  const steps = new Uint32Array(states * width);
  for (const [index, state] of inOrder.entries()) {
    for (let byteClass = 0; byteClass < width; byteClass += 1) {
      steps[index * width + byteClass] = offsets[next[state * width + byteClass] as number] as number;
    }
  }
  return {
    steps,
    classes,
    width,
    firstEnding: (states - endings.size) * width,
    endings: new Map([...endings].map(([state, ends]) => [offsets[state] as number, ends])),
    depths: Uint16Array.from(inOrder, (state) => depths[state] as number),
  };
}
