// Asks the index, which serves this page.

import type { Status } from "./types";

/** An answer of the index that is none, with what to do about it. */
export class ApiProblem extends Error {
  readonly status: number;
  readonly advice: string;

  constructor(status: number, message: string, advice: string) {
    super(message);
    this.status = status;
    this.advice = advice;
  }
}

interface Said {
  error?: { code?: string; message?: string; field?: string; limit?: string };
}

const ADVICE: Record<number, string> = {
  400: "Change the filter or the address, then try again.",
  404: "It may be on another network, or its transaction is not in the index yet.",
  429: "Too many questions from this address: wait a little.",
  503: "The index is busy starting or its database is away: try again in a moment.",
};

export type Query = Record<string, string | number | boolean | readonly string[] | undefined>;

export function queryOf(query: Query): string {
  const pairs = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined || value === "" || value === false) continue;
    if (Array.isArray(value)) value.forEach((one: string) => pairs.append(name, one));
    else pairs.append(name, String(value));
  }
  const text = pairs.toString();
  return text ? `?${text}` : "";
}

/** An index that takes longer is away: people are told instead of being left waiting. */
const PATIENCE_MS = 15_000;

export async function ask<Answer>(path: string, query: Query = {}): Promise<Answer> {
  let answer: Response;
  try {
    answer = await fetch(`/api/v1${path}${queryOf(query)}`, { headers: { accept: "application/json" }, signal: AbortSignal.timeout(PATIENCE_MS) });
  } catch {
    throw new ApiProblem(0, "The index does not answer.", "See that you are online and that the index runs. What is shown is the last that was read.");
  }
  if (answer.ok) return (await answer.json()) as Answer;
  const said = (await answer.json().catch(() => ({}))) as Said;
  const { message, field, limit } = said.error ?? {};
  const where = field ? `${field}: ` : "";
  throw new ApiProblem(answer.status, `${where}${message ?? `The index answers ${answer.status}.`}${limit ? ` (${limit})` : ""}`, ADVICE[answer.status] ?? "Try again; if it stays, tell the operator.");
}

/** How long the index may take to have a ledger; after that the page asks it anyway. */
const INDEX_PATIENCE_MS = 20_000;

export async function indexed(ledger: number): Promise<void> {
  const until = performance.now() + INDEX_PATIENCE_MS;
  while (performance.now() < until) {
    const status = await ask<Status>("/status").catch(() => null);
    if (status && status.ledger >= ledger) return;
    await new Promise((done) => setTimeout(done, 300));
  }
}
