/** What serves the requests. */
export const frameworks = ['node:http', 'Express 5', 'Fastify 5'] as const
export type Framework = (typeof frameworks)[number]

/** What observes them; `bare` is nothing. */
export const observers = [
  'bare',
  'Quipu',
  'express-prom-bundle',
  'fastify-metrics',
  '@opentelemetry/instrumentation-http',
] as const
export type Observer = (typeof observers)[number]

/** Which observers there are for a framework. */
export function observersOf(framework: Framework): readonly Observer[] {
  return observers.filter((observer) => {
    if (observer === 'express-prom-bundle') return framework === 'Express 5'
    return observer !== 'fastify-metrics' || framework === 'Fastify 5'
  })
}
