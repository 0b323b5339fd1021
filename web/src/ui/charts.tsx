// Charts as plain SVG, without a library. The table below each chart makes it readable for screen readers.

import { useId, type ReactNode } from "react";
import { day, when } from "../lib/format";

/** A value over ledger time; null where it was not measured. */
export interface Point {
  ts: number;
  value: number | null;
}

interface Measured extends Point {
  value: number;
}

export interface Series {
  name: string;
  colour: 1 | 2 | 3;
  points: Point[];
  area?: boolean;
  stepped?: boolean;
}

const [WIDTH, HEIGHT] = [640, 210];
const [LEFT, RIGHT, TOP, BOTTOM] = [68, 12, 12, 26];

/** Round axis values that include the whole range. */
export function ticks(low: number, high: number, count = 4): number[] {
  if (!(high > low)) return [low, low + 1];
  const rough = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= rough) ?? power * 10;
  const first = Math.floor(low / step) * step;
  const values: number[] = [];
  for (let at = first; at < high + step; at += step) values.push(Number(at.toPrecision(12)));
  return values;
}

const isMeasured = (point: Point): point is Measured => point.value !== null;

/** The stretches between gaps: no line is drawn over what was not measured. */
export function stretches(points: readonly Point[]): Measured[][] {
  const all: Measured[][] = [[]];
  for (const point of points) {
    if (isMeasured(point)) all.at(-1)?.push(point);
    else all.push([]);
  }
  return all.filter((stretch) => stretch.length > 0);
}

function path(points: { x: number; y: number }[], stepped: boolean): string {
  return points.map(({ x, y }, nth) => (nth === 0 ? `M${x.toFixed(1)} ${y.toFixed(1)}` : stepped ? `H${x.toFixed(1)}V${y.toFixed(1)}` : `L${x.toFixed(1)} ${y.toFixed(1)}`)).join("");
}

/** Values over ledger time. */
export function TimeChart({ title, series, legend, show, from, limit }: {
  title: string;
  series: Series[];
  /** What the lines are, if they share a colour. */
  legend?: string;
  show: (value: number) => string;
  /** Where the axis starts; without it, at the smallest value. */
  from?: number;
  limit?: { name: string; value: number };
}) {
  const id = useId();
  const all = series.flatMap(({ points }) => points.filter(isMeasured));
  if (all.length === 0) return null;
  const values = [...all.map(({ value }) => value), ...(limit ? [limit.value] : []), ...(from === undefined ? [] : [from])];
  const marks = ticks(Math.min(...values), Math.max(...values));
  const [low, high] = [marks[0] ?? 0, marks.at(-1) ?? 1];
  // Including what was not measured: a gap at either end is seen too.
  const times = series.flatMap(({ points }) => points.map(({ ts }) => ts));
  const [begin, end] = [Math.min(...times), Math.max(...times)];
  const x = (ts: number) => LEFT + ((ts - begin) / Math.max(1, end - begin)) * (WIDTH - LEFT - RIGHT);
  const y = (value: number) => TOP + (1 - (value - low) / (high - low)) * (HEIGHT - TOP - BOTTOM);
  const dates = Array.from({ length: 5 }, (_, nth) => begin + ((end - begin) * nth) / 4);
  return (
    <figure>
      <figcaption>
        {title}
        <span className="legend">
          {(legend ? series.slice(0, 1) : series).map(({ name, colour }) => (
            <span key={name}>
              <i style={{ background: `var(--chart-${colour})` }} />
              {legend ?? name}
            </span>
          ))}
          {limit && (
            <span>
              <i style={{ background: "var(--bad)" }} />
              {limit.name}
            </span>
          )}
        </span>
      </figcaption>
      <svg className="chart" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-labelledby={id}>
        <title id={id}>{`${title}, ${when(begin)} to ${when(end)}`}</title>
        {marks.map((mark) => (
          <g key={mark}>
            <line x1={LEFT} x2={WIDTH - RIGHT} y1={y(mark)} y2={y(mark)} stroke="var(--line)" />
            <text x={LEFT - 8} y={y(mark) + 4} textAnchor="end">
              {show(mark)}
            </text>
          </g>
        ))}
        {dates.map((ts, nth) => (
          <text key={nth} x={x(ts)} y={HEIGHT - 7} textAnchor={nth === 0 ? "start" : nth === 4 ? "end" : "middle"}>
            {day(ts)}
          </text>
        ))}
        {series.map(({ name, colour, points, area, stepped }) => {
          const lines = stretches(points).map((stretch) => stretch.map(({ ts, value }) => ({ x: x(ts), y: y(value) })));
          const few = lines.flat().length <= 60;
          return (
            <g key={name} color={`var(--chart-${colour})`}>
              {lines.map((placed, nth) => {
                const line = path(placed, stepped ?? false);
                const [first, last] = [placed[0], placed.at(-1)];
                return (
                  <g key={nth}>
                    {area && first && last && <path d={`${line}V${y(low)}H${first.x}Z`} fill="currentColor" opacity={0.14} />}
                    <path d={line} fill="none" stroke="currentColor" strokeWidth={2.2} strokeLinejoin="round" />
                    {(few || placed.length === 1) && placed.map((point, at) => <circle key={at} cx={point.x} cy={point.y} r={2.6} fill="currentColor" />)}
                  </g>
                );
              })}
            </g>
          );
        })}
        {limit && <line x1={LEFT} x2={WIDTH - RIGHT} y1={y(limit.value)} y2={y(limit.value)} stroke="var(--bad)" strokeWidth={1.6} strokeDasharray="6 4" />}
      </svg>
      <Numbers series={series} show={show} />
    </figure>
  );
}

function Numbers({ series, show }: { series: Series[]; show: (value: number) => string }) {
  const times = [...new Set(series.flatMap(({ points }) => points.map(({ ts }) => ts)))].sort((a, b) => a - b);
  return (
    <details className="small">
      <summary>Show numbers</summary>
      <div className="table-wrap" tabIndex={0} role="region" aria-label="Numbers of the chart">
        <table>
          <thead>
            <tr>
              <th scope="col">Time</th>
              {series.map(({ name }) => (
                <th key={name} scope="col" className="num">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {times.map((ts) => (
              <tr key={ts}>
                <th scope="row">{when(ts)}</th>
                {series.map(({ name, points }) => {
                  const value = points.find((point) => point.ts === ts)?.value;
                  return (
                    <td key={name} className="num">
                      {typeof value === "number" ? show(value) : "—"}
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}

/** How much is left, with marks at the warning levels. */
export function Gauge({ label, value, max, tone, text, marks = [] }: { label: string; value: number; max: number; tone: "ok" | "warn" | "bad"; text: ReactNode; marks?: { at: number; name: string }[] }) {
  const part = (of: number) => `${Math.max(0, Math.min(100, (of / Math.max(1, max)) * 100)).toFixed(2)}%`;
  return (
    <div className="gauge">
      <div className="row between">
        <span className="strong">{label}</span>
        <span>{text}</span>
      </div>
      <div className={`gauge-bar ${tone}`} role="meter" aria-label={label} aria-valuemin={0} aria-valuemax={max} aria-valuenow={Math.max(0, Math.min(max, value))}>
        <i style={{ width: part(value) }} />
        {marks.filter(({ at }) => at < max).map(({ at, name }) => (
          <b key={name} style={{ left: part(at) }} title={name} />
        ))}
      </div>
    </div>
  );
}
