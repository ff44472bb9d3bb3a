import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app.tsx";
import { listenToKeys } from "./commands/keyboard.ts";
import { runCommand } from "./commands/registry.ts";
import { ErrorBoundary } from "./shell/error-boundary.tsx";
import { followNews } from "./state/news.ts";
import "./ui/tokens.css";

const place = document.getElementById("app");
if (place === null) throw new Error("index.html has no #app.");

listenToKeys();
void followNews(runCommand);
createRoot(place).render(
  <StrictMode>
    <ErrorBoundary>
      <App />
    </ErrorBoundary>
  </StrictMode>,
);
