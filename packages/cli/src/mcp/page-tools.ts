import type { McpServer } from '@modelcontextprotocol/server'
import { z } from 'zod'
import { type PageSample, readPage } from '../page/read-page.js'
import { readPages } from '../page/read-pages.js'
import type { StudioSource } from '../studio/studio-source.js'
import { answer, readOnly } from './tool-answer.js'

const MOST_ROWS = 200

/** Adds the tools that read the pages of an application. */
export function addPageTools(server: McpServer, source: StudioSource): void {
  const samples = async (): Promise<readonly PageSample[]> => {
    const { text, down } = await readPages(source)
    if (down !== undefined) throw new Error(`${source.name}: ${down}`)
    return readPage(text)
  }
  server.registerTool(
    'list_metrics',
    {
      title: 'List metrics',
      description: 'Lists the metrics of the running application, with their labels and number of series.',
      inputSchema: z.object({ contains: z.string().default('').describe('only names that contain this') }),
      annotations: readOnly,
    },
    ({ contains }) => answer(async () => listMetrics(await samples(), contains)),
  )
  server.registerTool(
    'read_metric',
    {
      title: 'Read a metric',
      description:
        'Reads the current values of a metric of the running application, summed by labels. Counters count from the start of the process.',
      inputSchema: z.object({
        metric: z.string().describe('a name that list_metrics returns'),
        by: z.array(z.string()).default([]).describe('labels to keep; values of all others are summed'),
      }),
      annotations: readOnly,
    },
    ({ metric, by }) => answer(async () => readMetric(await samples(), metric, by)),
  )
}

function listMetrics(samples: readonly PageSample[], contains: string): unknown {
  const metrics = new Map<string, { readonly labels: Set<string>; series: number }>()
  for (const { metric, labels } of samples) {
    if (!metric.includes(contains)) continue
    const entry = metrics.get(metric) ?? { labels: new Set(), series: 0 }
    entry.series++
    for (const label of Object.keys(labels)) entry.labels.add(label)
    metrics.set(metric, entry)
  }
  return Array.from(metrics, ([metric, { labels, series }]) => ({ metric, labels: [...labels], series }))
}

function readMetric(samples: readonly PageSample[], metric: string, by: readonly string[]): unknown {
  const found = samples.filter((sample) => sample.metric === metric)
  if (found.length === 0) throw new Error(`the page has no ${metric}; list_metrics returns the names`)
  const rows = new Map<string, { readonly keys: readonly string[]; value: number }>()
  for (const { labels, value } of found) {
    const keys = by.map((label) => labels[label] ?? '')
    const id = keys.join('\0')
    const row = rows.get(id) ?? { keys, value: 0 }
    row.value += value
    rows.set(id, row)
  }
  return [...rows.values()]
    .sort((a, b) => b.value - a.value)
    .slice(0, MOST_ROWS)
    .map(({ keys, value }) => ({ ...Object.fromEntries(by.map((label, i) => [label, keys[i]])), value }))
}
