import type { Recorder } from '@quipu/core'

/** One point of an OTLP export. */
export interface OtlpPoint {
  readonly scope: string
  readonly name: string
  readonly unit: string
  readonly attributes: Readonly<Record<string, unknown>>
  /** A number, or a histogram's count, sum, bounds and counts. */
  readonly value: unknown
}

/** Returns every point that a recorder exports over OTLP. */
export async function otlpPoints(recorder: Pick<Recorder, 'producer'>): Promise<readonly OtlpPoint[]> {
  const { resourceMetrics, errors } = await recorder.producer().collect()
  if (errors.length > 0) throw errors[0]
  return resourceMetrics.scopeMetrics.flatMap(({ scope, metrics }) =>
    metrics.flatMap(({ descriptor, dataPoints }) =>
      dataPoints.map(({ attributes, value }) => ({
        scope: scope.name,
        name: descriptor.name,
        unit: descriptor.unit,
        attributes,
        value,
      })),
    ),
  )
}

/** The points of one metric. */
export async function otlpOf(recorder: Pick<Recorder, 'producer'>, name: string): Promise<readonly OtlpPoint[]> {
  return (await otlpPoints(recorder)).filter((point) => point.name === name)
}
