import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { ApiProblem } from "./api/client";
import { App } from "./app";
import { WalletProvider } from "./chain/wallet";
import { applyTheme } from "./ui/theme";
import "./styles.css";

applyTheme();

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      // Keeps what was read: it is shown with its age while the index does not answer.
      gcTime: Infinity,
      // Sends requests even when offline, so that the failure is shown.
      networkMode: "always",
      retry: (count, error) => count < 2 && !(error instanceof ApiProblem && error.status >= 400 && error.status < 500),
      retryDelay: 800,
    },
  },
});

const root = document.getElementById("root");
if (root) {
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={queries}>
        <WalletProvider>
          <App />
        </WalletProvider>
      </QueryClientProvider>
    </StrictMode>,
  );
}
