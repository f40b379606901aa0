import { expect, test } from "vitest";
import type { View } from "../../../../renderer/app/location.ts";
import { bottleView, hrefOf, manifestView, parseLocation } from "../../../../renderer/app/location.ts";

const views: View[] = [
  { name: "home" },
  { name: "inbox", id: null },
  { name: "inbox", id: "demo-a1b2c.1" },
  { name: "routes" },
  { name: "audit", slug: "demo-a1b2c" },
  { name: "manifests" },
  { name: "manifests", create: "bottle" },
  { name: "manifests", workspace: "/home/ada/src/api" },
  manifestView("bottle", "dev"),
  manifestView("agent", "api-refactor", "/home/ada/src/api & more", 12),
  { name: "secrets" },
  { name: "settings" },
  bottleView("demo-a1b2c", "egress", "a host & more"),
];

test.each(views)("UI-2: $name has an address that leads back to it", (view) => {
  expect(parseLocation(hrefOf(view))).toEqual(view);
});

test.each(["#/nowhere", "#/bottle", "#/%E0%A4%A", ""])("%s is home, not an error", (hash) => {
  expect(parseLocation(hash)).toEqual({ name: "home" });
});
