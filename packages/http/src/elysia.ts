export { observeElysia } from './elysia/observe-elysia.js'
export { type QuipuElysiaOptions, quipuElysia } from './elysia/quipu-elysia.js'
