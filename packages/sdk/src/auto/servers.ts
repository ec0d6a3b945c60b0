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

type Server = Omit<Library, 'kind'>

const known: readonly Server[] = [
  { name: 'express', isCommonJs: true, observe: observeExpress },
  {
    name: 'fastify',
    isCommonJs: true,
    files: /^fastify\.js$/,
    observe: (exports) => typeof exports === 'function' || typeof exports === 'object',
  },
  { name: 'koa', isCommonJs: true, files: /^lib\/application\.js$/, observe: observeKoa },
  { name: 'hono', observe: observeHono },
  { name: 'h3', files: /^dist\/_entries\/node\.mjs$/, observe: observeH3 },
]

/** Their requests are counted as `unmatched`, and the line at start says why. */
const unknown: readonly Server[] = [
  ...['elysia', 'polka'].map((name) => ({ name, observe: () => false })),
  ...['@hapi/hapi', 'connect', 'restify'].map((name) => ({ name, isCommonJs: true as const, observe: () => false })),
]

/** The frameworks whose routes are known. Requests themselves are observed below the framework, for any framework. */
export const servers: readonly Library[] = [...known, ...unknown].map((server) => ({ ...server, kind: 'http' }))
