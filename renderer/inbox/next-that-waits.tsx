import { go } from "../app/location.ts";
import { Button } from "../ui/button.tsx";

/** On from what is decided to what still waits; nothing where nothing does. */
export function NextThatWaits({ waiting }: { waiting: number }) {
  if (waiting === 0) return null;
  return (
    <div>
      <Button variant="primary" hotkey="G" onClick={() => go({ name: "inbox", id: null })}>
        Next that waits
      </Button>
    </div>
  );
}
