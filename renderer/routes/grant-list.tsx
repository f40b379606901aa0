import type { Grant } from "#common/domain/route.ts";
import { GrantLeft } from "../egress/grant-left.tsx";
import { methodWords, pathWords } from "../egress/route-words.ts";
import { Button } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { InertText } from "../ui/inert-text.tsx";

interface GrantListProps {
  grants: readonly Grant[];
  revoked: ReadonlySet<string>;
  onToggle: (id: string) => void;
}

/** What may pass for a while beside the routes; each ends by itself, or here. */
export function GrantList({ grants, revoked, onToggle }: GrantListProps) {
  if (grants.length === 0) return null;
  return (
    <Card title="For a while">
      <ul aria-label="Grants">
        {grants.map((grant) => {
          const { host } = grant.route;
          const ends = revoked.has(grant.id);
          return (
            <li key={grant.id} className="flex items-center gap-3 border-b border-line/60 px-3 py-1.5 last:border-b-0">
              <span className={`data min-w-0 truncate text-sm ${ends ? "text-faint line-through" : ""}`}>
                <InertText text={`${host} · ${methodWords(grant.route)} · ${pathWords(grant.route)}`} />
              </span>
              <span className="ml-auto">
                <GrantLeft grant={grant} />
              </span>
              <Button aria-label={ends ? `Keep the grant for ${host}` : `Revoke the grant for ${host}`} onClick={() => onToggle(grant.id)}>
                {ends ? "Keep" : "Revoke"}
              </Button>
            </li>
          );
        })}
      </ul>
    </Card>
  );
}
