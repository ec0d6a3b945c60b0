// The functions that `register` calls with modules that the application has loaded. This file loads no framework.
export { observeExpressRoutes } from './express/observe-express.js'
export { observeExpress } from './express/observe-express-module.js'
export { observeFastifyRoutes } from './fastify/observe-fastify.js'
export { observeH3 } from './h3/observe-h3.js'
export { observeHono } from './hono/observe-hono.js'
export { observeKoa } from './koa/observe-koa.js'
