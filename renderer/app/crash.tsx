import type { ReactNode } from "react";
import { Component } from "react";
import { Button } from "../ui/button.tsx";
import { EmptyState } from "../ui/notes.tsx";

/** A bug in a view takes down the view, not the bottles; says so and offers the way back. */
export class Crash extends Component<{ children: ReactNode }, { error: Error | null }> {
  override state: { error: Error | null } = { error: null };

  static getDerivedStateFromError(error: Error): { error: Error } {
    return { error };
  }

  override render(): ReactNode {
    if (!this.state.error) return this.props.children;
    return (
      <main>
        <EmptyState
          main
          title="The panel hit a bug"
          actions={<Button onClick={() => window.location.reload()}>Load the panel again</Button>}
        >
          Your bottles keep running. <span className="data block pt-2">{this.state.error.message}</span>
        </EmptyState>
      </main>
    );
  }
}
