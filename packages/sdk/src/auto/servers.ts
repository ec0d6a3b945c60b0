import {
  observeExpress,
  observeExpressRoutes,
  observeFastifyRoutes,
  observeH3,
  observeHono,
  observeKoa,
} from '@quipu/http/auto'
import type { Library } from './libraries.js'

/** Observes the routes of frameworks that publish them on a diagnostics channel and need no module hook. */
export function observePublishedRoutes(): void {
  observeExpressRoutes()
  observeFastifyRoutes()
}

/** The frameworks whose routes are known. Requests themselves are observed below the framework, for any framework. */
export const servers: readonly Library[] = [
  { name: 'express', isCommonJs: true, observe: observeExpress },
  {
    name: 'fastify',
    isCommonJs: true,
    observe: (exports) => typeof exports === 'function' || typeof exports === 'object',
  },
  { name: 'koa', isCommonJs: true, observe: observeKoa },
  { name: 'hono', observe: observeHono },
  { name: 'h3', observe: observeH3 },
  // Their requests are counted as `unmatched`, and the line at start says why.
  ...['elysia', 'polka'].map((name) => ({ name, observe: () => false })),
  ...['@hapi/hapi', 'connect', 'restify'].map((name) => ({ name, isCommonJs: true as const, observe: () => false })),
]
