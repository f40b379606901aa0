import { BRIDGE_GLOBAL } from "#common/ipc/bridge.ts";
import type { Scene } from "./fake-main.ts";
import { FakeMain } from "./fake-main.ts";

/** In the built test page only: puts the fake where a preload would put the bridge. `?scene=` chooses what it knows, `?live` lets decisions flow. */
const query = new URLSearchParams(window.location.search);
const fake = new FakeMain((query.get("scene") as Scene | null) ?? "busy");
Object.assign(window, { [BRIDGE_GLOBAL]: fake, fakeMain: fake });
if (query.has("live")) setInterval(() => fake.decide("api-refactor-k3v9q"), Number(query.get("live")) || 900);
