import { describe, expect, test } from "vitest";
import { describeCommit, readStoredText } from "../../../../../sidecars/git-gate/scan/stored-text.ts";

/** GIT-3: commits and tags are read as they are stored, not as git shows them. */

const ID = "c".repeat(40);
const TREE = `tree ${"1".repeat(40)}`;
const head =
  `${TREE}\nparent ${"2".repeat(64)}\n` +
  "author Ada <ada@example.test> 1700000000 +0100\ncommitter Bob <bob@example.test> 1700000001 +0000";

const told = (kind: "commit" | "tag", text: string) =>
  readStoredText(kind, kind === "commit" ? ID : null, Buffer.from(text, "latin1")).flatMap(({ place, lines }) =>
    lines.map(({ line, bytes }) => `${place.place} ${line} ${bytes.toString("latin1")}`),
  );

describe("a commit", () => {
  test("people without times, unknown headers, the message by its lines, and what follows a zero byte", () => {
    expect(told("commit", `${head}\ngpgsig -----BEGIN\n more\nhidden x\n\nSubject\n\nBody\0tail`)).toEqual([
      "author 0 Ada <ada@example.test>",
      "author 0 Bob <bob@example.test>",
      "message 0 gpgsig -----BEGIN",
      "message 0  more",
      "message 0 hidden x",
      "message 1 Subject",
      "message 2 ",
      "message 3 Body\0tail",
    ]);
  });

  test("a name that pretends to end early, and a commit without message", () => {
    expect(told("commit", `${TREE}\nauthor Ada <a> secret <b> 1 +0000\ncommitter none`)).toEqual([
      "author 0 Ada <a> secret <b>",
      "message 0 committer none",
    ]);
  });

  test("only what git itself fills in is left out: the same words with anything else behind them are not", () => {
    const again = [
      "tree secret",
      "parent 2 secret",
      "object secret",
      "type secret",
      "author A <a@b> secret",
      "tagger A <a@b> 1 +0000 secret",
    ];
    expect(told("commit", `${head}\n${again.join("\n")}\n\n`)).toEqual(expect.arrayContaining(again.map((line) => `message 0 ${line}`)));
  });

  test("is listed by author, time and subject, all bounded", () => {
    expect(describeCommit(ID, Buffer.from(`${head}\n\nSubject\nBody\n`))).toEqual({
      id: ID,
      author: "Ada <ada@example.test>",
      date: "2023-11-14T22:13:20.000Z",
      subject: "Subject",
    });
    const odd = describeCommit(ID, Buffer.from(`author ${"x".repeat(900)} 999999999999 +0000\n\n${"y".repeat(900)}`));
    expect([odd.author.length, odd.date.length <= 40, odd.subject.length]).toEqual([400, true, 500]);
    expect(describeCommit(ID, Buffer.from("nothing of the kind"))).toEqual({ id: ID, author: "", date: "", subject: "" });
  });
});

test("a tag is told as a tag throughout", () => {
  expect(told("tag", `object ${"1".repeat(40)}\ntype commit\ntag v1\ntagger Ada <a@b> 1 +0000\n\nWords\n`)).toEqual([
    "tag 0 Ada <a@b>",
    "tag 0 tag v1",
    "tag 1 Words",
  ]);
});
