/** A minimal OTLP/JSON request with one cumulative counter point. */
export function otlpCounter(name: string, value: number, attributes: Readonly<Record<string, string>> = {}): string {
  const nowNs = BigInt(Date.now()) * 1_000_000n
  const point = {
    attributes: Object.entries(attributes).map(([key, text]) => ({ key, value: { stringValue: text } })),
    startTimeUnixNano: String(nowNs - 1_000_000_000n),
    timeUnixNano: String(nowNs),
    asInt: String(value),
  }
  const metric = { name, sum: { dataPoints: [point], aggregationTemporality: 2, isMonotonic: true } }
  return JSON.stringify({ resourceMetrics: [{ scopeMetrics: [{ scope: { name: 'test' }, metrics: [metric] }] }] })
}

/** Sends the request; returns the status code. */
export async function postOtlp(url: string, body: string): Promise<number> {
  const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
  await response.arrayBuffer()
  return response.status
}
