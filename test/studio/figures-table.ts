import type { Page } from 'playwright-core'

/** The cells of a table on the page, by the first cell of each row and the title of each column. */
export async function readTable(page: Page, caption: string): Promise<Record<string, Record<string, string>>> {
  const rows = await page
    .locator('table', { has: page.locator('caption', { hasText: new RegExp(`^${escaped(caption)}$`) }) })
    .evaluate((table) =>
      Array.from(table.querySelectorAll('tr'), (row) =>
        Array.from(row.children, (cell) => (cell.textContent ?? '').replaceAll(/\s+/g, ' ').trim()),
      ),
    )
  const [titles = [], ...body] = rows
  return Object.fromEntries(
    body.map((cells) => [cells[0] ?? '', Object.fromEntries(cells.map((cell, i) => [titles[i] ?? '', cell]))]),
  )
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
