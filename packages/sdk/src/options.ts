// The tables of options as data, for tools that list, check or document the configuration.
export { environmentOptions } from './configuration/environment-options.js'
export { startOptions } from './configuration/start-options.js'
