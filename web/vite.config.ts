import react from "@vitejs/plugin-react";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  plugins: [react()],
  resolve: {
    // The repository's own client, as built; one Stellar SDK for both.
    alias: { "@flashonstellar/client": here("../clients/typescript/dist/index.js") },
    dedupe: ["@stellar/stellar-sdk"],
  },
  build: { target: "es2023", manifest: true, sourcemap: false, chunkSizeWarningLimit: 4_000 },
  server: {
    // `npm run dev` beside an index: INDEX_URL=http://127.0.0.1:8080
    proxy: { "/api": process.env.INDEX_URL ?? "http://127.0.0.1:8080" },
    fs: { allow: [here("..")] },
  },
});
