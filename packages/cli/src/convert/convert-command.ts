import { type Command, InvalidArgumentError, Option } from 'commander'
import { addFilters, toList } from '../lines/line-commands.js'
import { examples, type Run } from '../terminal/help.js'
import { type CommandIo, UsageError } from '../terminal/io.js'
import { type ConvertOptions, formatsOfOption } from './convert-options.js'

/** Adds `quipu convert`. */
export function addConvertCommand(program: Command, io: CommandIo, run: Run): void {
  addFilters(program.command('convert'))
    .description('convert [METRIC] lines to OpenMetrics with timestamps, OTLP log records, CSV or Parquet')
    .argument('[files...]', 'activity logs, also .gz; without them, standard input')
    .addOption(
      new Option('--to <format>', 'output format')
        .choices(['openmetrics', 'otlp', 'csv', 'parquet'])
        .makeOptionMandatory(),
    )
    .option('--by <keys>', 'openmetrics: labels of the counters: event, user or fields, with commas', toList, ['event'])
    .option('--value <field>', 'openmetrics: a number that is summed in a second counter')
    .option('--buckets <bounds>', 'openmetrics: upper bounds, with commas: the value becomes a histogram', toBounds)
    .option('--step <seconds>', 'openmetrics: seconds between samples', toSeconds, 60)
    .option(
      '--fields <names>',
      'csv, parquet: the fields that become columns, with commas; by default every field',
      toList,
    )
    .option(
      '--endpoint <url>',
      'otlp: send to this OTLP/HTTP address, such as http://localhost:4318, instead of printing',
    )
    .option('--out <file>', 'the file to write, instead of standard output; parquet needs it')
    .addHelpText(
      'after',
      examples(
        'quipu convert activity.log --to openmetrics --by event,model > activity.om',
        'quipu convert activity.log --to openmetrics --value file_size --buckets 1000,1e6 > sizes.om',
        'promtool tsdb create-blocks-from openmetrics activity.om ./data',
        'quipu convert activity.log --to otlp --endpoint http://localhost:4318',
        'quipu convert activity.log*.gz --to csv --event llm_call > calls.csv',
        'quipu convert activity.log --to parquet --out activity.parquet',
      ),
    )
    .action((files: readonly string[], options: ConvertOptions, command: Command) =>
      run(async () => {
        checkFormat(options.to, command)
        return (await import('./convert-lines.js')).convertLines(files, options, io)
      }),
    )
}

function checkFormat(format: ConvertOptions['to'], command: Command): void {
  for (const [option, formats] of Object.entries(formatsOfOption)) {
    if (command.getOptionValueSource(option) !== 'cli' || formats.includes(format)) continue
    throw new UsageError(`--${option} belongs to --to ${formats.join(' or ')}: ${format} has no such option`)
  }
}

function toBounds(text: string): readonly number[] {
  const bounds = text.split(',').map(Number)
  const isAscending = bounds.every((bound, i) => Number.isFinite(bound) && (i === 0 || bound > (bounds[i - 1] ?? 0)))
  if (text === '' || !isAscending) throw new InvalidArgumentError('They must be ascending numbers, with commas.')
  return bounds
}

function toSeconds(text: string): number {
  const seconds = Number(text)
  if (!Number.isInteger(seconds) || seconds < 1) throw new InvalidArgumentError('It must be a whole number of seconds.')
  return seconds
}
