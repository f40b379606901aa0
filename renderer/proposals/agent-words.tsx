import { Card } from "../ui/card.tsx";
import { InertText } from "../ui/inert-text.tsx";
import { Tag } from "../ui/tag.tsx";

/** The agent's justification, plainly apart from what we know ourselves. */
export function AgentWords({ text }: { text: string }) {
  return (
    <Card
      title={
        <>
          In the agent's words <Tag>not checked</Tag>
        </>
      }
    >
      <blockquote
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what is long can be scrolled by keys only in the focus
        tabIndex={0}
        className="data m-3 max-h-72 overflow-y-auto border-l-2 border-edge pl-3 leading-5 break-words whitespace-pre-wrap text-dim"
      >
        {text.trim() === "" ? <span className="text-faint">The agent gave no reason.</span> : <InertText text={text} />}
      </blockquote>
    </Card>
  );
}
