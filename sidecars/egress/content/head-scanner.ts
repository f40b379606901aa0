import type { ContentFinding } from "#common/domain/decision.ts";
import { forwardedField } from "../http1/forwarded-head.ts";
import type { Permit } from "../policy/authorise.ts";
import { ContentScanner } from "./content-scanner.ts";
import type { DetectorBook, Detectors } from "./detectors.ts";
import { excerptOf } from "./finding.ts";
import { OWN_SECRET } from "./secret-detectors.ts";
import { isSignedLink } from "./signed-links.ts";

/** Lines that clients send with every request are looked at once. */
const REMEMBERED = 512;
const REMEMBERED_LENGTH = 512;
/** No method's name is as long as a credential. */
const LONGEST_METHOD = 12;

interface Found {
  readonly rule: string;
  readonly excerpt: string;
}

/** Looks for credentials in what leaves before a body: method, path, query and every field that is forwarded. */
export class HeadScanner {
  readonly #book: DetectorBook;
  #detectors: Detectors | null = null;
  #scanner: ContentScanner | null = null;
  #found: Found[] = [];
  readonly #clean = new Set<string>();

  constructor(book: DetectorBook) {
    this.#book = book;
  }

  /** The first finding that the route does not let pass. */
  scan(permit: Permit): ContentFinding | null {
    const { request, live, target } = permit;
    const { allowFindings } = live.route.pipelock;
    if (request.method.length > LONGEST_METHOD) {
      const found = this.find(request.method).find(({ rule }) => refuses(rule, allowFindings));
      if (found !== undefined) return { ...found, part: "path", place: "the method" };
    }
    const inTarget = this.#scanTarget(live.route.host, target, allowFindings);
    if (inTarget !== null) return inTarget;
    for (const field of request.fields) {
      const line = forwardedField(permit, field);
      if (line === null) continue;
      const found = this.find(line).find(({ rule }) => refuses(rule, allowFindings));
      if (found !== undefined) return { ...found, part: "header", place: this.#nameOf(field.name) };
    }
    return null;
  }

  /** A field after the body. */
  scanTrailer(line: string, name: string, allowFindings: readonly string[]): ContentFinding | null {
    const found = this.find(line).find(({ rule }) => refuses(rule, allowFindings));
    return found === undefined ? null : { ...found, part: "header", place: this.#nameOf(name) };
  }

  /** A host, target or method as it may be told: what looks like a credential in it is blotted out. */
  conceal(text: string): string {
    if (this.find(text).length === 0) return text;
    const mark = text.indexOf("?");
    const path = (mark === -1 ? text : text.slice(0, mark)).split(/([/.])/);
    const told = path.map((segment) => (this.find(segment).length === 0 ? segment : "[redacted]")).join("");
    const query = mark === -1 ? "" : text.slice(mark);
    const keys = query.slice(1).split("&");
    const keysTell = keys.some((pair) => this.find(pair.split("=", 1)[0] ?? "").length > 0);
    return `${this.find(told).length === 0 ? told : text.startsWith("/") ? "/[redacted]" : "[redacted]"}${keysTell ? "?[redacted]" : query}`;
  }

  /** Everything in a text that stands alone. */
  find(text: string): readonly Found[] {
    const scanner = this.#scannerOf(this.#book.current);
    if (this.#clean.has(text)) return [];
    this.#found = [];
    scanner.feed(Buffer.from(text, "latin1"));
    scanner.end();
    if (this.#found.length === 0 && text.length <= REMEMBERED_LENGTH) this.#remember(text);
    return this.#found;
  }

  #scanTarget(host: string, target: string, allowFindings: readonly string[]): ContentFinding | null {
    const all = this.find(target).filter(({ rule }) => refuses(rule, allowFindings));
    if (all.length === 0) return null;
    const mark = target.indexOf("?");
    const inPath = this.find(mark === -1 ? target : target.slice(0, mark)).find(({ rule }) => refuses(rule, allowFindings));
    if (inPath !== undefined) return { ...inPath, part: "path", place: "the path" };
    const explained = new Set<string>();
    for (const pair of target.slice(mark + 1).split("&")) {
      const key = pair.split("=", 1)[0] ?? "";
      for (const found of this.find(pair).filter(({ rule }) => refuses(rule, allowFindings))) {
        if (!isSignedLink(host, key, found.rule)) return { ...found, part: "query", place: this.#nameOf(key) };
        explained.add(found.rule);
      }
    }
    const across = all.find(({ rule }) => !explained.has(rule));
    return across === undefined ? null : { ...across, part: "query", place: "several parameters" };
  }

  /** A name as it may be told. */
  #nameOf(name: string): string {
    return this.find(name).length === 0 ? name.slice(0, 100) : "whose name is the credential";
  }

  #remember(text: string): void {
    if (this.#clean.size >= REMEMBERED) this.#clean.clear();
    // A copy: the text is a part of its whole head, which would stay with it.
    this.#clean.add(Buffer.from(text, "latin1").toString("latin1"));
  }

  #scannerOf(detectors: Detectors): ContentScanner {
    if (this.#scanner !== null && this.#detectors === detectors) return this.#scanner;
    this.#detectors = detectors;
    this.#clean.clear();
    this.#scanner = new ContentScanner(detectors, (rule, { secret }) => this.#found.push({ rule, excerpt: excerptOf(rule, secret) }));
    return this.#scanner;
  }
}

/** Whether a finding of this rule is one too many on a route that lets some pass. */
export function refuses(rule: string, allowFindings: readonly string[]): boolean {
  return rule === OWN_SECRET || !allowFindings.includes(rule);
}
