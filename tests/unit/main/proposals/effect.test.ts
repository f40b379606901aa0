import { describe, expect, it } from "vitest";
import { checkedRequest, withRequest } from "../../../../main/proposals/effect.ts";
import { sentenceOf } from "../../../../main/proposals/sentence.ts";
import { warningsFor } from "../../../../main/proposals/warnings.ts";
import { egressRequest, route } from "../../../support/test-services.ts";

describe("the effect of a request", () => {
  it("widens a route that is there, and keeps its credential", () => {
    const auth = { scheme: "Bearer", tokenRef: "TOKEN", inject: "always" } as const;
    const live = [route("packages.example.org", { methods: ["POST"], pathAllowlist: ["/upload"], auth })];
    const after = withRequest(live, egressRequest(), "demo-aaaaa.1");
    expect(after).toMatchObject([{ methods: ["POST", "GET"], pathAllowlist: ["/upload", "/simple/"], auth }]);
    const sentence = sentenceOf("demo-aaaaa", live, after, egressRequest());
    expect(sentence).toContain("with the credential TOKEN attached");
    expect(sentence).toContain("every method listed applies to every path listed");
    expect(sentence).toContain("It could send data there");
  });

  it("says when nothing would change", () => {
    const live = [route("packages.example.org")];
    expect(sentenceOf("demo-aaaaa", live, withRequest(live, egressRequest(), "demo-aaaaa.1"), egressRequest())).toContain(
      "Nothing would change",
    );
  });

  it("is unpleasant where it must be", () => {
    const request = egressRequest({ methods: ["GET"], pathAllowlist: [] });
    expect(sentenceOf("demo-aaaaa", [], withRequest([], request, "demo-aaaaa.1"), request)).toBe(
      "demo-aaaaa could GET anything at packages.example.org. Data could still leave in a path, query or header.",
    );
  });

  it.each(["*.example.org", "co.uk", "127.0.0.1", "example.org:8443", "user@example.org", "exa mple.org"])(
    "refuses the host %s (MAN-6)",
    (host) => {
      expect(() => checkedRequest(egressRequest({ host }))).toThrow("This cannot become a route");
    },
  );

  it("brings hosts into their one spelling", () => {
    expect(checkedRequest(egressRequest({ host: "PACKAGES.Example.ORG." })).host).toBe("packages.example.org");
  });
});

describe("warnings (SUP-4)", () => {
  const warn = (changes: Parameters<typeof egressRequest>[0], live = [route("api.example.com")]) => {
    const request = checkedRequest(egressRequest(changes));
    return warningsFor(live, withRequest(live, request, "demo-aaaaa.1"), request).join("\n");
  };

  it("name what is wide open", () => {
    const text = warn({ methods: null, pathAllowlist: [], auth: { scheme: "Bearer", tokenRef: "TOKEN" } });
    expect(text).toContain("No path restriction");
    expect(text).toContain("Every method");
    expect(text).toContain("The credential TOKEN would be sent to packages.example.org");
    expect(text).toContain("No route of this bottle leads to example.org yet");
  });

  it.each([
    ["githиb.com", "internationalised"],
    ["g1thub.com", "looks like github.com"],
    ["аpi.example.com", "looks like api.example.com"],
    ["rnexample.org", "New public host"],
  ])("of %s: %s", (host, expected) => {
    expect(warn({ host })).toContain(expected);
  });

  it("stay silent on a host that is known", () => {
    expect(warn({ host: "api.example.com" }, [route("api.example.com", { methods: ["GET"], pathAllowlist: ["/a/"] })])).toBe("");
  });
});
