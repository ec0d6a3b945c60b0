import type { Page } from 'playwright-core'
import { waitUntil } from '../servers/index.js'

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

const SECONDS = 15_000

/** Waits until a row of a table has these cells; returns the whole row. */
export function waitForRow(
  page: Page,
  caption: string,
  row: string,
  wanted: Readonly<Record<string, string>>,
): Promise<Record<string, string>> {
  let found: Record<string, Record<string, string>> = {}
  return waitUntil(
    async () => {
      found = await readTable(page, caption)
      const cells = found[row] ?? {}
      return Object.entries(wanted).every(([column, text]) => cells[column] === text) ? cells : undefined
    },
    SECONDS,
    () =>
      `${caption} should have ${row} with ${JSON.stringify(wanted)}, but has ${JSON.stringify(found).slice(0, 500)}`,
  )
}
