import {
  H3_FUNCTION,
  observeElysia,
  observeExpress,
  observeExpressRoutes,
  observeFastifyRoutes,
  observeH3,
  observeHapi,
  observeHono,
  observeKoa,
  observeNest,
  observeNext,
  observeNextRoutes,
  observeRestify,
  observeTrpc,
  observeYoga,
  replaceCreateYoga,
  replaceNodeListener,
  YOGA_FUNCTION,
} from '@quipu/http/auto'
import type { Library } from './libraries.js'

/** Observes the routes of frameworks that publish them on a channel or store them on the request, without module hooks. */
export function observePublishedRoutes(): void {
  observeExpressRoutes()
  observeFastifyRoutes()
  observeNextRoutes()
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
  // The modules of h3 2 on Node and Bun, and of h3 1.
  {
    name: 'h3',
    files: /^dist\/(?:_entries\/(?:node|bun)|index)\.[cm]js$/,
    observe: observeH3,
    functions: [H3_FUNCTION],
    replace: replaceNodeListener,
  },
  { name: '@hapi/hapi', isCommonJs: true, observe: observeHapi },
  { name: 'restify', isCommonJs: true, observe: observeRestify },
  { name: 'elysia', observe: observeElysia },
  { name: '@trpc/server', files: /^dist\/index\.[cm]?js$/, observe: observeTrpc },
  {
    name: 'graphql-yoga',
    files: /^(?:esm|cjs)\/server\.js$/,
    observe: observeYoga,
    functions: [YOGA_FUNCTION],
    replace: replaceCreateYoga,
  },
  // Its errors; its routes are those of Express or Fastify. 12 has ES modules: an application of CommonJS is not worth a thread.
  {
    name: '@nestjs/core',
    isCommonJs: true,
    files: /^exceptions\/exceptions-handler\.js$/,
    observe: observeNest,
  },
  // Also its command line, and the server that it forks in development. Its compiled modules of routes have the errors.
  {
    name: 'next',
    isCommonJs: true,
    files:
      /^dist\/(?:server\/(?:next|base-server|lib\/start-server)\.js|bin\/next|compiled\/next-server\/(?:app|pages)[\w-]*\.runtime\.(?:prod|dev)\.js)$/,
    observe: observeNext,
  },
]

/** Frameworks with unknown routes: their requests are counted as `unmatched`, and the line at start names them. */
const unknown: readonly Server[] = [
  { name: 'connect', isCommonJs: true, observe: () => false },
  { name: 'polka', observe: () => false },
]

/** The frameworks whose routes are known. Requests themselves are observed below the framework, for any framework. */
export const servers: readonly Library[] = [...known, ...unknown].map((server) => ({ ...server, kind: 'http' }))
