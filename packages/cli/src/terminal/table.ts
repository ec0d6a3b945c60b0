/** Formats a table: numbers aligned to the right, text to the left. */
export function formatTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((name, i) => Math.max(name.length, ...rows.map((row) => (row[i] ?? '').length)))
  const isNumeric = head.map((_, i) => rows.length > 0 && rows.every((row) => /^-?[\d.]+$/.test(row[i] ?? '')))
  const toLine = (row: readonly string[]) =>
    widths
      .map((width, i) => (isNumeric[i] ? (row[i] ?? '').padStart(width) : (row[i] ?? '').padEnd(width)))
      .join('  ')
      .trimEnd()
  return `${[head, ...rows].map(toLine).join('\n')}\n`
}

/** Formats rows as CSV (RFC 4180). Without `head`, they continue an earlier text. */
export function formatCsv(head: readonly string[] | undefined, rows: readonly (readonly string[])[]): string {
  const quote = (cell: string) => (/[",\n\r]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)
  return [...(head === undefined ? [] : [head]), ...rows].map((row) => `${row.map(quote).join(',')}\r\n`).join('')
}
