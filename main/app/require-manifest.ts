import { OperatorError } from "#common/domain/operator-error.ts";
import type { AgentManifest, BottleManifest, ManifestSet } from "../manifests/manifest-set.ts";

export function requireAgent(set: ManifestSet, name: string): AgentManifest {
  return set.agents.find((each) => each.name === name) ?? refuse("agent", name, set.agents, set);
}

export function requireBottle(set: ManifestSet, name: string): BottleManifest {
  return set.bottles.find((each) => each.name === name) ?? refuse("bottle", name, set.bottles, set);
}

/** There is none of the name, or its file has errors: which of the two decides what the operator can do. */
function refuse(kind: "agent" | "bottle", name: string, others: readonly { readonly name: string }[], { errors }: ManifestSet): never {
  const broken = errors.find(({ file }) => file.endsWith(`/${kind}s/${name}.md`));
  if (broken !== undefined) {
    throw new OperatorError("manifest-invalid", {
      message: `${broken.file}:${broken.line}: ${broken.message}`,
      hint: "Correct the file, which is read anew at every start, or choose another",
    });
  }
  const names = others.map((each) => each.name).join(", ");
  throw new OperatorError("not-found", {
    message: `There is no ${kind} ${name}`,
    hint: names === "" ? "See `bot-bottle manifests`" : `${kind === "agent" ? "Agents" : "Bottles"}: ${names}`,
  });
}
