export { runCli } from './run-cli.js'
export { type CommandIo, exitCodes } from './terminal/io.js'
