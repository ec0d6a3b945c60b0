export { type QuipuHonoOptions, quipuHono } from './hono/quipu-hono.js'
