import type { Command } from 'commander'
import { examples, type Run } from '../terminal/help.js'
import type { CommandIo } from '../terminal/io.js'
import { toPort } from '../terminal/to-port.js'
import type { DemoOptions } from './run-demo.js'

/** Adds `quipu demo`. */
export function addDemoCommand(program: Command, io: CommandIo, run: Run): void {
  program
    .command('demo')
    .description('run an application with visitors and a local model server, and show it in the studio')
    .option('--port <port>', 'port of the studio and the pages on loopback; any free one by default', toPort, 0)
    .option('--once', 'make 60 visits, compare the page with them, and end; exit with 1 if a figure differs')
    .addHelpText('after', examples('quipu demo', 'quipu demo --port 9464', 'quipu demo --once'))
    .action((options: DemoOptions) => run(async () => (await import('./run-demo.js')).runDemo(options, io)))
}
