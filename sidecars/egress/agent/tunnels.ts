import type { Socket } from "node:net";
import type { DataPlane } from "../data-plane.ts";
import { Tunnel } from "./tunnel.ts";

/**
 * The agent's connections of one bottle, of which there may be so many. When they are all taken, the one that is idle longest makes
 * room, and of those first one that never asked for anything: thousands that only hold on never keep out one that works.
 */
export class Tunnels {
  readonly #plane: DataPlane;
  readonly #admitted = new Set<Tunnel>();
  /** They stay for a moment, to read why. */
  readonly #turnedAway = new Set<Tunnel>();
  /** Told each time the last one has gone. */
  onEmpty: (() => void) | null = null;

  constructor(plane: DataPlane) {
    this.#plane = plane;
  }

  get size(): number {
    return this.#admitted.size + this.#turnedAway.size;
  }

  admit(socket: Socket): void {
    const { connections } = this.#plane.limits;
    const hasRoom = this.#admitted.size < connections || this.#evictOne();
    if (hasRoom) return void this.#add(this.#admitted, socket);
    // Whoever floods us is not told.
    if (this.#turnedAway.size >= connections) socket.destroy();
    else this.#add(this.#turnedAway, socket).turnAway();
  }

  /** `hosts`: those on which something that was allowed is not allowed any more. */
  routesChanged(hosts: ReadonlySet<string>): void {
    for (const tunnel of this.#admitted) {
      const { host } = tunnel;
      if (host !== null && hosts.has(host)) tunnel.routeChanged(this.#plane.routes.find(host) === null);
    }
  }

  sweep(now: number): void {
    for (const tunnel of this.#everyOne()) tunnel.sweep(now);
  }

  endWhenIdle(): void {
    for (const tunnel of this.#everyOne()) tunnel.endWhenIdle();
  }

  destroy(): void {
    for (const tunnel of this.#everyOne()) tunnel.destroy();
  }

  #evictOne(): boolean {
    let victim: Tunnel | null = null;
    for (const tunnel of this.#admitted) if (!tunnel.busy && (victim === null || goesBefore(tunnel, victim))) victim = tunnel;
    if (victim === null) return false;
    this.#admitted.delete(victim);
    victim.destroy();
    return true;
  }

  #add(to: Set<Tunnel>, socket: Socket): Tunnel {
    const tunnel = new Tunnel(this.#plane, socket);
    to.add(tunnel);
    socket.once("close", () => {
      to.delete(tunnel);
      if (this.size === 0) this.onEmpty?.();
    });
    return tunnel;
  }

  #everyOne(): Tunnel[] {
    return [...this.#admitted, ...this.#turnedAway];
  }
}

function goesBefore(one: Tunnel, other: Tunnel): boolean {
  return one.served === other.served ? one.idleSince < other.idleSince : other.served;
}
