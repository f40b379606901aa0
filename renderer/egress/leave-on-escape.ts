import type { KeyboardEvent } from "react";

/** Out of a search field, so that the single keys work again; its words stay, which Escape would clear. */
export function leaveOnEscape(event: KeyboardEvent<HTMLInputElement>): void {
  if (event.key !== "Escape") return;
  event.preventDefault();
  event.currentTarget.blur();
}
