import { Component, type ErrorInfo, type ReactNode } from "react";
import { bug } from "../door/door.ts";
import { ProblemScreen } from "./problem-screen.tsx";

interface Props {
  readonly children: ReactNode;
}

/** A mistake of ours while drawing: said in a sentence, with a way on, instead of an empty window. */
export class ErrorBoundary extends Component<Props, { readonly hasFailed: boolean }> {
  override state = { hasFailed: false };

  static getDerivedStateFromError(): { hasFailed: boolean } {
    return { hasFailed: true };
  }

  override componentDidCatch(error: unknown, info: ErrorInfo): void {
    // The page has no log of its own; the developer tools show it with the components it happened in.
    reportError(new Error(`Drawing failed:${info.componentStack ?? ""}`, { cause: error }));
  }

  override render(): ReactNode {
    return this.state.hasFailed ? <ProblemScreen problem={bug} /> : this.props.children;
  }
}
