import { describe, expect, test } from "vitest";
import { WaitingClients } from "../../../../../sidecars/git-gate/push/waiting-clients.ts";
import { Turns } from "../../../../../sidecars/git-gate/turns.ts";
import { heldPush } from "../../../../support/git-gate/sample-push.ts";

const ended = { push: heldPush({ status: "forwarded" }), remarks: [] };
const never = new AbortController().signal;

describe("clients that wait for a decision", () => {
  test("all are told, and one of them gets the turn", async () => {
    const clients = new WaitingClients();
    const waiting = [clients.wait("g1", never, 60), clients.wait("g1", never, 60), clients.wait("g2", never, 0.01)];
    const turn = await new Turns(1).take();
    expect(clients.tell("g1", ended, turn)).toBe(true);
    expect(await Promise.all(waiting)).toEqual([{ ...ended, turn: null }, { ...ended, turn }, "late"]);
    expect(clients.tell("g1", ended, turn)).toBe(false);
  });

  test("one that hung up, also before it began to wait, takes no turn with it", async () => {
    const clients = new WaitingClients();
    const gone = new AbortController();
    const waiting = clients.wait("g1", gone.signal, 60);
    gone.abort();
    expect(clients.tell("g1", ended, null)).toBe(false);
    expect(await waiting).toBe("gone");
    expect(await clients.wait("g1", gone.signal, 60)).toBe("gone");
  });
});

describe("turns", () => {
  test("so many at once, in order; giving one back twice lets in one", async () => {
    const turns = new Turns(1);
    const order: number[] = [];
    const first = await turns.take();
    const later = [2, 3].map(async (name) => {
      const turn = await turns.take();
      order.push(name);
      return turn;
    });
    first[Symbol.dispose]();
    first[Symbol.dispose]();
    const second = await later[0];
    expect(order).toEqual([2]);
    second?.[Symbol.dispose]();
    await later[1];
    expect(order).toEqual([2, 3]);
  });
});
