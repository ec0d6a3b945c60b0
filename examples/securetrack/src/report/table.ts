/** Formats a table in plain text: columns of figures aligned right, all others left. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((title, column) => Math.max(title.length, ...rows.map((row) => (row[column] ?? '').length)))
  const isFigures = (column: number): boolean => rows.every((row) => /^-?[\d.,]+$/.test(row[column] ?? ''))
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) =>
        isFigures(column) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd()
  return [line(header), line(widths.map((width) => '─'.repeat(width))), ...rows.map(line)].join('\n')
}
