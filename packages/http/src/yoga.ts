export { type QuipuYogaOptions, quipuYoga } from './yoga/quipu-yoga.js'
