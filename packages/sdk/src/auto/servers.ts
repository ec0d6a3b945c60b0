import {
  observeExpress,
  observeExpressRoutes,
  observeFastifyRoutes,
  observeH3,
  observeHono,
  observeKoa,
} from '@quipu/http/auto'
import type { Library } from './libraries.js'

/** Names the routes of the frameworks that publish them on a channel, which needs no hook into a module. */
export function observePublishedRoutes(): void {
  observeExpressRoutes()
  observeFastifyRoutes()
}

/** The frameworks whose routes are known; requests are observed below them, whatever serves. */
export const servers: readonly Library[] = [
  { name: 'express', observe: observeExpress },
  { name: 'fastify', observe: (exports) => typeof exports === 'function' || typeof exports === 'object' },
  { name: 'koa', observe: observeKoa },
  { name: 'hono', observe: observeHono },
  { name: 'h3', observe: observeH3 },
  // Their requests are counted as `unmatched`, and the line at start says why.
  ...['@hapi/hapi', 'connect', 'elysia', 'polka', 'restify'].map((name) => ({ name, observe: () => false })),
]
