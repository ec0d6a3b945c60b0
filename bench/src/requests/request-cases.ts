/** The servers. */
export const frameworks = ['node:http', 'Express 5', 'Fastify 5', 'Koa 3', 'Hono 4'] as const
export type Framework = (typeof frameworks)[number]

/** The observers; `bare` has none. */
export const observers = [
  'bare',
  'Quipu',
  'express-prom-bundle',
  'fastify-metrics',
  '@opentelemetry/instrumentation-http',
  '@opentelemetry/instrumentation-http, -express',
] as const
export type Observer = (typeof observers)[number]

const onlyOn: Partial<Record<Observer, Framework>> = {
  'express-prom-bundle': 'Express 5',
  'fastify-metrics': 'Fastify 5',
  '@opentelemetry/instrumentation-http, -express': 'Express 5',
}

/** Returns the observers of a framework. */
export function observersOf(framework: Framework): readonly Observer[] {
  return observers.filter((observer) => (onlyOn[observer] ?? framework) === framework)
}
