// @ts-check

/**
 * Queries Prometheus as Grafana does: range queries for panels over time, instant queries at the end for numbers and rankings.
 * @param {string} url
 * @param {number} rangeSeconds
 * @returns {(panel: import('./board-page.mjs').Panel) => Promise<import('./charts.mjs').Series[]>}
 */
export function createSeriesReader(url, rangeSeconds) {
  const end = Math.floor(Date.now() / 1000)
  const step = Math.max(2, Math.round(rangeSeconds / 90))
  const windows = { $__rate_interval: `${Math.max(20, 4 * step)}s`, $__range: `${rangeSeconds}s` }

  return async (panel) => {
    const answers = await Promise.all((panel.targets ?? []).map(ask))
    return answers.flat()
  }

  /** @param {{ expr: string, legendFormat?: string, instant?: boolean }} target */
  async function ask({ expr, legendFormat = '', instant = false }) {
    const query = Object.entries(windows)
      .reduce((text, [name, window]) => text.replaceAll(name, window), expr)
      .replaceAll(/\$\w+/g, '.*')
    const parameters = instant
      ? { query, time: String(end) }
      : { query, start: String(end - rangeSeconds + 30), end: String(end), step: String(step) }
    const response = await fetch(`${url}/api/v1/query${instant ? '' : '_range'}?${new URLSearchParams(parameters)}`)
    const { status, data, error } = await response.json()
    if (status !== 'success') throw new Error(`${query}: ${error}`)
    return data.result.map(
      (
        /** @type {{ metric: Record<string, string>, value?: [number, string], values?: [number, string][] }} */ one,
      ) => ({
        name: legendFormat.replaceAll(/\{\{(\w+)\}\}/g, (_, label) => one.metric[label] ?? '').trim(),
        points: (one.values ?? (one.value ? [one.value] : [])).map(([time, value]) => [time, Number(value)]),
      }),
    )
  }
}
