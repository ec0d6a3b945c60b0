export { observeFastifyRoutes } from './fastify/observe-fastify.js'
export { type QuipuFastifyOptions, quipuFastify } from './fastify/quipu-fastify.js'
