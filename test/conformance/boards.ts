import { readFileSync } from 'node:fs'
import { expect } from 'vitest'
import { parse } from 'yaml'
import type { Checks } from './promises.js'

const read = (file: string): string => readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8')

interface BoardPanel {
  readonly type: string
  readonly title: string
  readonly targets: readonly { readonly expr: string; readonly legendFormat?: string }[]
}

/** The panels of a board's first row, which are the document's list. */
function documentedPanels(board: string): readonly BoardPanel[] {
  const { panels }: { readonly panels: readonly BoardPanel[] } = JSON.parse(read(`dashboards/${board}.json`))
  const [, second] = panels.flatMap(({ type }, i) => (type === 'row' ? [i] : []))
  return panels.slice(1, second)
}

/** A panel of the document, in its place, with its kind and its query. test/boards executes it in Prometheus. */
function documented(board: string, place: number, type: string, ...asks: readonly (string | RegExp)[]): () => void {
  return () => {
    const panel = documentedPanels(board)[place - 1]
    expect(panel?.type).toBe(type)
    for (const part of asks) expect(panel?.targets[0]?.expr).toMatch(part)
  }
}

/** The example panels of SecureTrack's document, on generated boards. */
export const boards: Checks = {
  S42: documented('llm', 1, 'timeseries', /^sum by \(model\) \(rate\(llm_requests_total\{/),
  S43: documented('llm', 2, 'timeseries', /^sum by \(model, type\) \(rate\(llm_tokens_total\{/, 'type=~"input|output"'),
  S44: documented('llm', 3, 'heatmap', /^sum by \(le\) \(increase\(llm_request_duration_seconds_bucket\{/),
  S45: documented('application', 1, 'timeseries', /app_request_duration_seconds_sum\{.*by \(endpoint\)/),
  S46: documented('application', 2, 'bargauge', /^sum by \(error_type\) \(increase\(app_errors_total\{/),
  S47: documented('application', 3, 'stat', /^sum \(app_active_sessions\{/),
  S48: documented('features', 1, 'bargauge', /^topk\(10, sum by \(feature_name\) \(increase\(feature_usage_total\{/),
  S49: documented('features', 2, 'timeseries', 'feature_duration_seconds_sum{', 'feature_duration_seconds_count{'),
  S50: documented('features', 3, 'timeseries', 'feature_errors_total{', 'feature_usage_total{'),
  S51: documented('users', 1, 'timeseries', /increase\(user_registrations_total\{.*\[1h\]/),
  S52: documented('users', 2, 'timeseries', /^sum \(app_active_sessions\{/),
  S53: documented('users', 3, 'timeseries', /by \(reason\) \(rate\(user_auth_failures_total\{/),
  T13() {
    const [, , errorRate] = documentedPanels('features')
    const [expression = ''] = errorRate?.targets.map(({ expr }) => expr.replaceAll(/\{[^}]*\}|\[[^\]]*\]/g, '')) ?? []
    const of = (metric: string) => `sum by (feature_name) (rate(${metric}))`
    const usage = of('feature_usage_total')
    expect(expression).toBe(`(${of('feature_errors_total')} or 0 * ${usage}) / (${usage} > 0)`)
  },
}

interface ScrapeJob {
  readonly job_name: string
  readonly scrape_interval: string
  readonly metrics_path: string
  readonly static_configs: readonly { readonly targets: readonly string[] }[]
}

function scrapeJobs(): readonly ScrapeJob[] {
  const config: { readonly scrape_configs: readonly ScrapeJob[] } = parse(read('deploy/prometheus.yml'))
  return config.scrape_configs
}

/** "Prometheus Configuration" of SecureTrack's document. test/e2e runs it. */
export const scrapeConfiguration: Checks = {
  S4: () => expect(scrapeJobs().map(({ job_name }) => job_name)).toEqual(['securetrack', 'securetrack-custom']),
  S5: () => expect(scrapeJobs().map(({ scrape_interval }) => scrape_interval)).toEqual(['15s', '15s']),
  S6: () => expect(scrapeJobs().map(({ metrics_path }) => metrics_path)).toEqual(['/metrics', '/custom_metrics']),
  S7: () =>
    expect(scrapeJobs().map(({ static_configs }) => static_configs)).toEqual([
      [{ targets: ['securetrack:8000'] }],
      [{ targets: ['securetrack:8000'] }],
    ]),
}
