// Light or dark: follows the system until the user chooses.

import { useEffect, useState } from "react";

export type Theme = "light" | "dark";
const STORAGE_KEY = "flash.theme";
const system = () => window.matchMedia("(prefers-color-scheme: dark)");

function chosen(): Theme | null {
  const stored = localStorage.getItem(STORAGE_KEY);
  return stored === "light" || stored === "dark" ? stored : null;
}

function current(): Theme {
  return chosen() ?? (system().matches ? "dark" : "light");
}

export function applyTheme(): void {
  document.documentElement.dataset.theme = current();
}

export function useTheme(): [Theme, () => void] {
  const [theme, setTheme] = useState(current);
  useEffect(() => {
    const changed = () => setTheme(current());
    const media = system();
    media.addEventListener("change", changed);
    return () => media.removeEventListener("change", changed);
  }, []);
  useEffect(applyTheme, [theme]);
  const toggle = () => {
    localStorage.setItem(STORAGE_KEY, theme === "dark" ? "light" : "dark");
    setTheme(current());
  };
  return [theme, toggle];
}
