// Requests to the index, which also serves this page.

import type { Status } from "./types";

/** An error answer of the index, with advice. */
export class ApiProblem extends Error {
  readonly status: number;
  readonly advice: string;

  constructor(status: number, message: string, advice: string) {
    super(message);
    this.status = status;
    this.advice = advice;
  }
}

interface ErrorBody {
  error?: { code?: string; message?: string; field?: string; limit?: string };
}

const ADVICE: Record<number, string> = {
  400: "Change the filter or the address, then try again.",
  404: "It may be on another network, or its transaction is not in the index yet.",
  429: "Too many requests from this address. Wait a little.",
  503: "The index is starting, or its database does not answer. Try again in a moment.",
};

export type Query = Record<string, string | number | boolean | readonly string[] | undefined>;

export function queryOf(query: Query): string {
  const pairs = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined || value === "" || value === false) continue;
    if (Array.isArray(value)) value.forEach((item: string) => pairs.append(name, item));
    else pairs.append(name, String(value));
  }
  const text = pairs.toString();
  return text ? `?${text}` : "";
}

/** After this time the page says that the index does not answer. */
const ANSWER_TIMEOUT_MS = 15_000;

export async function ask<Answer>(path: string, query: Query = {}): Promise<Answer> {
  let answer: Response;
  try {
    answer = await fetch(`/api/v1${path}${queryOf(query)}`, { headers: { accept: "application/json" }, signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS) });
  } catch {
    throw new ApiProblem(0, "The index does not answer.", "Check that you are online and that the index runs. The page shows what was read last.");
  }
  if (answer.ok) return (await answer.json()) as Answer;
  const body = (await answer.json().catch(() => ({}))) as ErrorBody;
  const { message, field, limit } = body.error ?? {};
  const where = field ? `${field}: ` : "";
  throw new ApiProblem(answer.status, `${where}${message ?? `The index answered with status ${answer.status}.`}${limit ? ` (${limit})` : ""}`, ADVICE[answer.status] ?? "Try again. If the error stays, tell the operator.");
}

/** How long the page waits until the index has a ledger; after that it reads anyway. */
const INDEX_TIMEOUT_MS = 20_000;

export async function indexed(ledger: number): Promise<void> {
  const until = performance.now() + INDEX_TIMEOUT_MS;
  while (performance.now() < until) {
    const status = await ask<Status>("/status").catch(() => null);
    if (status && status.ledger >= ledger) return;
    await new Promise((done) => setTimeout(done, 300));
  }
}
