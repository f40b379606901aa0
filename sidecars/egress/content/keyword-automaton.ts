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

interface Node {
  readonly next: Map<number, Node>;
  readonly depth: number;
  readonly ends: number[];
  fallback: Node | null;
  id: number;
}

/** Keywords are in lower case and not empty; letters of both cases match them. */
export function buildAutomaton(keywords: readonly string[]): KeywordAutomaton {
  const classes = classify(keywords);
  const width = Math.max(...classes) + 1;
  const nodes = breadthFirst(plant(keywords, classes));
  number(nodes, width);
  const steps = new Uint32Array(nodes.length * width);
  const depths = new Uint16Array(nodes.length);
  // Parents come before children here, so that a fallback's row is whole when it is copied.
  for (const node of nodes) {
    if (node.fallback !== null) steps.copyWithin(node.id, node.fallback.id, node.fallback.id + width);
    for (const [byteClass, child] of node.next) steps[node.id + byteClass] = child.id;
    depths[node.id / width] = node.depth;
  }
  const ending = nodes.filter(({ ends }) => ends.length > 0);
  return {
    steps,
    classes,
    width,
    depths,
    firstEnding: Math.min(steps.length, ...ending.map(({ id }) => id)),
    endings: new Map(ending.map(({ id, ends }) => [id, ends])),
  };
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

function plant(keywords: readonly string[], classes: Uint8Array): Node {
  const root: Node = { next: new Map(), depth: 0, ends: [], fallback: null, id: 0 };
  for (const [index, keyword] of keywords.entries()) {
    let node = root;
    for (const byte of Buffer.from(keyword, "latin1")) {
      const byteClass = classes[byte] as number;
      const child = node.next.get(byteClass) ?? { next: new Map(), depth: node.depth + 1, ends: [], fallback: null, id: 0 };
      node.next.set(byteClass, child);
      node = child;
    }
    node.ends.push(index);
  }
  return root;
}

/** All nodes by depth, with their fallbacks and what ends there through them. */
function breadthFirst(root: Node): Node[] {
  const nodes = [root];
  for (const node of nodes) {
    for (const [byteClass, child] of node.next) {
      let fallback = node.fallback;
      while (fallback !== null && !fallback.next.has(byteClass)) fallback = fallback.fallback;
      child.fallback = fallback?.next.get(byteClass) ?? root;
      child.ends.push(...child.fallback.ends);
      nodes.push(child);
    }
  }
  return nodes;
}

/** Ids are offsets into the table. Nodes in which something ends come last: telling them apart costs one comparison a byte. */
function number(nodes: readonly Node[], width: number): void {
  const inOrder = [...nodes.filter(({ ends }) => ends.length === 0), ...nodes.filter(({ ends }) => ends.length > 0)];
  for (const [index, node] of inOrder.entries()) node.id = index * width;
}
