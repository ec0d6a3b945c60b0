/** Number of series of each family of the page. */
const SHARE = 5
const BOUNDS = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120]

/**
 * A page with a number of series under traffic: calls and requests with their histograms, and gauges. Every series changes
 * with every step.
 */
export function pageText(series: number, step: number): string {
  const each = Math.round(series / SHARE)
  const labels = Array.from({ length: each }, (_, i) => `model="model-${i % 40}",endpoint="e${Math.floor(i / 40)}"`)
  const routes = Array.from({ length: each }, (_, i) => `endpoint="/r${i % 100}/:id",method="M${Math.floor(i / 100)}"`)
  const counted = (i: number): number => step * (1 + (i % 7))
  return [
    '# HELP llm_requests_total Model calls\n# TYPE llm_requests_total counter',
    ...labels.map((label, i) => `llm_requests_total{${label}} ${counted(i)}`),
    '# TYPE llm_request_duration_seconds histogram',
    ...labels.flatMap((label, i) => histogram('llm_request_duration_seconds', label, counted(i))),
    '# TYPE app_requests_total counter',
    ...routes.map((label, i) => `app_requests_total{${label},status_code="200"} ${counted(i)}`),
    '# TYPE app_request_duration_seconds histogram',
    ...routes.flatMap((label, i) => histogram('app_request_duration_seconds', label, counted(i))),
    '# TYPE workspace_size_bytes gauge',
    ...labels.map((_, i) => `workspace_size_bytes{user_id="u${i}"} ${counted(i) % 1000}`),
    '',
  ].join('\n')
}

function histogram(name: string, label: string, count: number): readonly string[] {
  const buckets = BOUNDS.map((bound, i) => [bound, Math.floor((count * (i + 1)) / BOUNDS.length)] as const)
  return [
    ...buckets.map(([bound, below]) => `${name}_bucket{${label},le="${bound}"} ${below}`),
    `${name}_bucket{${label},le="+Inf"} ${count}`,
    `${name}_sum{${label}} ${count * 1.5}`,
    `${name}_count{${label}} ${count}`,
  ]
}
