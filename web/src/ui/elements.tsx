// Small components that every page uses.

import { useId, type ReactNode } from "react";
import { Link } from "wouter";
import { ApiProblem } from "../api/client";
import { explain, type Failure } from "../lib/errors";
import { money, short, when } from "../lib/format";
import { useMarket } from "../api/queries";

export type Tone = "" | "ok" | "warn" | "bad" | "info";

export function Badge({ tone = "", children }: { tone?: Tone; children: ReactNode }) {
  return <span className={`badge ${tone}`}>{children}</span>;
}

export function Notice({ tone = "info", title, children, alert = false }: { tone?: Tone; title?: string; children?: ReactNode; alert?: boolean }) {
  return (
    <div className={`notice ${tone}`} role={alert ? "alert" : "status"}>
      {title && <strong>{title}</strong>}
      {children}
    </div>
  );
}

/** An amount with its currency, always on one line. */
export function Money({ of }: { of: bigint | string }) {
  const { code } = useMarket();
  return <span className="nowrap">{money(of, code)}</span>;
}

export function When({ ts }: { ts: number }) {
  return ts > 0 ? <time dateTime={new Date(ts * 1000).toISOString()}>{when(ts)}</time> : <span>—</span>;
}

export function Address({ of, role, full = false }: { of: string; role?: "provider" | "consumer"; full?: boolean }) {
  const text = full ? of : short(of);
  return (
    <span className="mono" title={of}>
      {role ? <Link href={`/${role}/${of}`}>{text}</Link> : text}
    </span>
  );
}

export function Loading({ what }: { what: string }) {
  return (
    <div className="card bones" role="status" aria-live="polite">
      <span className="visually-hidden">Loading {what}…</span>
      <i /> <i /> <i />
    </div>
  );
}

export function Empty({ children, action }: { children: ReactNode; action?: ReactNode }) {
  return (
    <div className="empty">
      <p>{children}</p>
      {action}
    </div>
  );
}

/** What went wrong and what to do about it. */
export function FailureNotice({ failure, action }: { failure: Failure; action?: ReactNode }) {
  return (
    <Notice tone="bad" alert title={failure.meaning}>
      <p>{failure.todo}</p>
      {failure.kind === "refused" && (
        <p className="small soft">
          Refused by the contract with code {failure.code}
          {failure.name && ` (${failure.name})`}.
        </p>
      )}
      {failure.kind === "other" && failure.details && <pre tabIndex={0}>{failure.details}</pre>}
      {action}
    </Notice>
  );
}

/** An error of a request to the index. */
export function Problem({ error, retry }: { error: unknown; retry: () => void }) {
  const again = (
    <div>
      <button type="button" className="smaller" onClick={retry}>
        Try again
      </button>
    </div>
  );
  if (error instanceof ApiProblem) {
    return (
      <Notice tone="bad" alert title={error.status === 404 ? "This is not on the ledger of this network." : error.message}>
        <p>{error.advice}</p>
        {error.status !== 404 && again}
      </Notice>
    );
  }
  return <FailureNotice failure={explain(error)} action={again} />;
}

export interface Column<Row> {
  title: string;
  number?: boolean;
  cell: (row: Row) => ReactNode;
}

/** A table on wide screens, one card per row on narrow ones. The first column names the row. */
export function Table<Row>({ caption, columns, rows, keyOf, chosen }: { caption: string; columns: Column<Row>[]; rows: readonly Row[]; keyOf: (row: Row) => string | number; chosen?: (row: Row) => boolean }) {
  return (
    <div className="table-wrap">
      <table className="cards">
        <caption className="visually-hidden">{caption}</caption>
        <thead>
          <tr>
            {columns.map(({ title, number }) => (
              <th key={title} scope="col" className={number ? "num" : undefined}>
                {title || <span className="visually-hidden">Actions</span>}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={keyOf(row)} className={chosen?.(row) ? "chosen" : undefined}>
              {columns.map(({ title, number, cell }, nth) =>
                nth === 0 ? (
                  <th key={title} scope="row">
                    <span>{cell(row)}</span>
                  </th>
                ) : (
                  <td key={title} data-label={title} className={number ? "num" : undefined}>
                    <span>{cell(row)}</span>
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

export function Figures({ of }: { of: { label: string; value: ReactNode; note?: ReactNode }[] }) {
  return (
    <dl className="figures">
      {of.map(({ label, value, note }) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>
            {value}
            {note !== undefined && <small>{note}</small>}
          </dd>
        </div>
      ))}
    </dl>
  );
}

export function Pairs({ of }: { of: [string, ReactNode][] }) {
  return (
    <dl className="pairs">
      {of.map(([label, value]) => [<dt key={label}>{label}</dt>, <dd key={`${label}:`}>{value}</dd>])}
    </dl>
  );
}

export function Field({ label, hint, problem, value, onChange, type = "text", inputMode, list, required, disabled }: {
  label: string;
  hint?: ReactNode;
  problem?: string | undefined;
  value: string;
  onChange: (value: string) => void;
  type?: string;
  inputMode?: "decimal" | "numeric";
  list?: string;
  required?: boolean;
  disabled?: boolean;
}) {
  const id = useId();
  return (
    <label>
      {label}
      <input
        type={type}
        value={value}
        inputMode={inputMode}
        list={list}
        required={required}
        disabled={disabled}
        aria-invalid={problem ? true : undefined}
        aria-describedby={`${id}-hint`}
        onChange={(event) => onChange(event.target.value)}
      />
      <span id={`${id}-hint`} className="hint">
        {problem ? <span className="wrong">{problem}</span> : hint}
      </span>
    </label>
  );
}

export function Choice({ label, value, onChange, options }: { label: string; value: string; onChange: (value: string) => void; options: readonly (readonly [string, string])[] }) {
  return (
    <label>
      {label}
      <select value={value} onChange={(event) => onChange(event.target.value)}>
        {options.map(([key, text]) => (
          <option key={key} value={key}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
}

export function Check({ label, checked, onChange }: { label: string; checked: boolean; onChange: (checked: boolean) => void }) {
  return (
    <label className="check">
      <input type="checkbox" checked={checked} onChange={(event) => onChange(event.target.checked)} />
      {label}
    </label>
  );
}
