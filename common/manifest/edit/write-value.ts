import { Document, isScalar, Scalar, visit } from "yaml";
import type { Json } from "./expand-change.ts";

const STYLE = { lineWidth: 0, indent: 2, flowCollectionPadding: false } as const;
const MODEL = { version: "1.2", schema: "core", aliasDuplicateObjects: false } as const;

/** A key with its value as lines of their own, without the last newline; lists of single values on one line, as people write them. */
export function writePair(key: string, value: Json): string {
  return writeLines({ [key]: value });
}

/** An item of a list as lines of their own. */
export function writeItem(value: Json): string {
  return writeLines([value]);
}

function writeLines(value: Json): string {
  const document = new Document(value, MODEL);
  visit(document, {
    Seq: (_key, list) => {
      if (list !== document.contents && list.items.every((item) => isScalar(item))) list.flow = true;
    },
  });
  return document.toString(STYLE).replace(/\n$/, "");
}

/** A value as it stands between brackets: on one line. JSON is YAML too, and never breaks one. */
export function writeFlow(value: Json): string {
  if (Array.isArray(value)) return `[${value.map((item: Json) => writeFlow(item)).join(", ")}]`;
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value).map(([key, child]) => `${writeFlow(key)}: ${writeFlow(child)}`);
    return entries.length === 0 ? "{}" : `{ ${entries.join(", ")} }`;
  }
  return typeof value === "string" && PLAIN_WORD.test(value) && !NO_TEXT.test(value) ? value : JSON.stringify(value);
}

const PLAIN_WORD = /^[A-Za-z_/][\w./@+-]*(?: [\w./@+-]+)*$/;
const NO_TEXT = /^(?:null|true|false)$/i;

/** A single value in the quotes that the old one had. */
export function writeScalar(value: Json, like: Scalar): string {
  const document = new Document(value, MODEL);
  const quoted = like.type === Scalar.QUOTE_DOUBLE || like.type === Scalar.QUOTE_SINGLE;
  if (isScalar(document.contents) && typeof value === "string") {
    if (quoted) document.contents.type = like.type as Scalar.Type;
    else if (value.includes("\n")) document.contents.type = Scalar.QUOTE_DOUBLE;
  }
  return document.toString(STYLE).replace(/\n$/, "");
}

export function indentLines(text: string, indent: number): string {
  return text.replaceAll(/^(?=.)/gm, " ".repeat(indent));
}
