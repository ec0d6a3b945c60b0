import type { Command } from 'commander'
import { examples, type Run } from '../terminal/help.js'
import type { CommandIo } from '../terminal/io.js'
import { toPort } from '../terminal/to-port.js'
import type { StudioOptions } from './run-studio.js'

/** Adds `quipu studio`. */
export function addStudioCommand(program: Command, io: CommandIo, run: Run): void {
  program
    .command('studio')
    .description('show an application, or [METRIC] lines, on a page in the browser')
    .argument('[target]', 'address of the application, an activity log, or - for standard input')
    .option('--port <port>', 'port of the page on loopback; any free one by default', toPort, 0)
    .option('--otlp <port>', 'show what applications send to this port over OTLP, HTTP or gRPC', toPort)
    .option('--token <token>', 'token of the pages of the application; or QUIPU_PROMETHEUS_TOKEN')
    .addHelpText(
      'after',
      examples(
        'quipu studio http://localhost:9464',
        'quipu studio activity.log',
        'node app.js | quipu studio',
        'quipu studio --otlp 4318',
      ),
    )
    .action((target: string | undefined, options: StudioOptions) =>
      run(async () => (await import('./run-studio.js')).runStudio(target, options, io)),
    )
}
