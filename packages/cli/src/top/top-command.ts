import { type Command, InvalidArgumentError } from 'commander'
import { examples, type Run } from '../terminal/help.js'
import type { CommandIo } from '../terminal/io.js'
import type { TopOptions } from './run-top.js'

/** Adds `quipu top`. */
export function addTopCommand(program: Command, io: CommandIo, run: Run): void {
  program
    .command('top')
    .description('show the models, routes, features, users and tools of an application in the terminal, live')
    .argument('[target]', 'address of the application, an activity log, or - for standard input')
    .option('--interval <seconds>', 'seconds between readings', toSeconds, 2)
    .option('--once', 'print one reading and end, as when the output is not a terminal')
    .option('--token <token>', 'token of the pages of the application; or QUIPU_PROMETHEUS_TOKEN')
    .addHelpText('after', '\nKeys: 1 to 9 show one panel, 0 all; p pauses; q ends.')
    .addHelpText('after', examples('quipu top http://localhost:9464', 'quipu top activity.log'))
    .action((target: string | undefined, options: TopOptions) =>
      run(async () => (await import('./run-top.js')).runTop(target, options, io)),
    )
}

function toSeconds(text: string): number {
  const seconds = Number(text)
  if (!(seconds >= 0.1 && seconds <= 3600)) throw new InvalidArgumentError('It must be seconds, 0.1 to 3600.')
  return seconds
}
