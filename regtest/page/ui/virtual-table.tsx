import type { ComponentChildren } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { useSize } from './use-size.js';

/** Rows that are drawn above and below those in sight. */
const MARGIN_ROWS = 4;

export interface Column {
  readonly title: string;
  /** In CSS; the columns without one share what is left. */
  readonly width?: string;
  /** Numbers stand at the right. */
  readonly isNumber?: boolean;
}

interface VirtualTableProps<T> {
  readonly label: string;
  readonly rows: readonly T[];
  /** Of every row, in pixels. */
  readonly rowHeight: number;
  readonly columns: readonly Column[];
  readonly keyOf: (row: T) => string | number;
  /** The cells of a row. */
  readonly cells: (row: T) => ComponentChildren;
  readonly rowClass?: (row: T) => string;
}

/**
 * A table of any length, of which only the part in sight is made. Its columns have widths of their own: they would jump
 * with what comes into sight.
 */
export function VirtualTable<T>({
  label,
  rows,
  rowHeight,
  columns,
  keyOf,
  cells,
  rowClass,
}: VirtualTableProps<T>) {
  const box = useRef<HTMLDivElement>(null);
  const { height } = useSize(box);
  const [top, setTop] = useState(0);
  const first = Math.max(0, Math.min(Math.floor(top / rowHeight), rows.length) - MARGIN_ROWS);
  const last = Math.min(
    rows.length,
    Math.ceil((top + Math.max(height, rowHeight)) / rowHeight) + MARGIN_ROWS,
  );
  return (
    <div class="virtual" ref={box} onScroll={event => setTop(event.currentTarget.scrollTop)} tabIndex={0}>
      <table aria-label={label} aria-rowcount={rows.length}>
        <thead>
          <tr>
            {columns.map(({ title, width, isNumber }) => (
              <th key={title} scope="col" class={isNumber === true ? 'number' : ''} style={{ width }}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          <Spacer height={first * rowHeight} />
          {rows.slice(first, last).map((row, offset) => (
            <tr
              key={keyOf(row)}
              aria-rowindex={first + offset + 1}
              class={rowClass?.(row) ?? ''}
              style={{ height: `${rowHeight}px` }}
            >
              {cells(row)}
            </tr>
          ))}
          <Spacer height={(rows.length - last) * rowHeight} />
        </tbody>
      </table>
    </div>
  );
}

function Spacer({ height }: { readonly height: number }) {
  if (height <= 0) return null;
  return <tr aria-hidden="true" style={{ height: `${height}px` }} />;
}
