import { type Command, InvalidArgumentError } from 'commander'
import { examples, type Run } from '../terminal/help.js'
import type { CommandIo } from '../terminal/io.js'
import type { QueryOptions } from './query-lines.js'
import type { TailOptions } from './tail-lines.js'

/** Adds the commands that read activity logs. */
export function addLineCommands(program: Command, io: CommandIo, run: Run): void {
  addFilters(program.command('tail'))
    .description('print [METRIC] lines as they are written, across rotations')
    .argument('[file]', 'activity log; without it, standard input')
    .option('-n, --lines <count>', 'number of lines to print first, from the last 16 MiB', toCount, 10)
    .option('--no-follow', 'end after the existing lines')
    .option('--json', 'one JSON object per line')
    .addHelpText(
      'after',
      examples('quipu tail activity.log --user ana', 'node app.js | quipu tail --event error,tool_error'),
    )
    .action((file: string | undefined, options: TailOptions) =>
      run(async () => (await import('./tail-lines.js')).tailLines(file, options, io)),
    )
  addFilters(program.command('query'))
    .description('count [METRIC] lines by group, with sums and percentiles of a field')
    .argument('[files...]', 'activity logs, also .gz; without them, standard input')
    .option('--by <keys>', 'event, user, day, hour or fields, with commas', toList, ['event'])
    .option('--value <field>', 'a number whose sum, mean, p50, p95 and max are shown; percentiles are exact to 1 %')
    .option('--top <count>', 'only the largest groups', toCount)
    .option('--json', 'as JSON')
    .option('--csv', 'as CSV')
    .addHelpText(
      'after',
      examples(
        'quipu query activity.log --by event,user',
        'quipu query activity.log*.gz --event llm_call --by model,day --value message_count',
        'quipu query activity.log --event error --since 24h --by error_type --json',
      ),
    )
    .action((files: readonly string[], options: QueryOptions) =>
      run(async () => (await import('./query-lines.js')).queryLines(files, options, io)),
    )
}

/** Adds the options that select records. */
export function addFilters(command: Command): Command {
  return command
    .option('--event <names>', 'only these events, with commas', toList)
    .option('--user <part>', 'only users whose name contains this')
    .option('--where <condition>', 'field=value or field!=value; may be repeated', append)
    .option('--since <time>', 'ISO 8601, or an age: 15m, 2h, 7d')
    .option('--until <time>', 'ISO 8601, or an age')
}

/** Names with commas between them. */
export function toList(text: string): readonly string[] {
  return text.split(',').filter((name) => name !== '')
}

function append(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text]
}

function toCount(text: string): number {
  const count = Number(text)
  if (!Number.isInteger(count) || count < 0) throw new InvalidArgumentError('It must be a whole number.')
  return count
}
