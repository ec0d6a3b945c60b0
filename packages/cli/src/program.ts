import { Command } from 'commander'
import type { CheckOptions } from './catalogue/lint-catalog.js'
import type { BoardsOptions } from './catalogue/write-boards.js'
import { addCompletionCommand } from './completion/completion-command.js'
import { addConvertCommand } from './convert/convert-command.js'
import { addDemoCommand } from './demo/demo-command.js'
import type { DoctorOptions } from './doctor/run-doctor.js'
import { addLineCommands } from './lines/line-commands.js'
import { addMcpCommand } from './mcp/mcp-command.js'
import { addStudioCommand } from './studio/studio-command.js'
import { examples, type Run } from './terminal/help.js'
import type { CommandIo } from './terminal/io.js'
import { addTopCommand } from './top/top-command.js'

/**
 * The commands and their options. The code of a command is loaded when it runs, so that `--help` and other commands
 * start quickly.
 */
export function createProgram(io: CommandIo, run: Run): Command {
  const program = new Command('quipu')
    .description('Boards and rules from your catalogue; figures of an application or its [METRIC] lines.')
    .version('0.1.0')
    .exitOverride()
    .configureOutput({ writeOut: (text) => void io.out(text), writeErr: (text) => io.err(text.trimEnd()) })
    .showHelpAfterError('(--help shows the options)')
    .addHelpText(
      'after',
      '\nExit codes: 0 ok, 1 failed, 2 wrong arguments, 3 findings.\nColours: NO_COLOR, FORCE_COLOR.',
    )
  addCatalogCommands(program, io, run)
  addDoctor(program, io, run)
  addLineCommands(program, io, run)
  addConvertCommand(program, io, run)
  addDemoCommand(program, io, run)
  addStudioCommand(program, io, run)
  addTopCommand(program, io, run)
  addMcpCommand(program, io, run)
  addCompletionCommand(program, io, run)
  return program
}

function addCatalogCommands(program: Command, io: CommandIo, run: Run): void {
  program
    .command('boards')
    .description('write Grafana boards, Prometheus rules and the metrics page of a catalogue')
    .option('--catalog <file>', 'module that exports your catalogue; without it, the built-in metrics only')
    .option('--out <folder>', 'output folder', './observability')
    .option('--runbook-url <url>', 'URL of rules/runbooks.md')
    .option('--check', 'write nothing; exit with 3 when a file would change')
    .addHelpText(
      'after',
      examples(
        'quipu boards',
        'quipu boards --catalog ./catalog.js --out ./observability',
        'quipu boards --catalog ./catalog.js --check',
      ),
    )
    .action((options: BoardsOptions) =>
      run(async () => (await import('./catalogue/write-boards.js')).writeBoards(options, io)),
    )
  program
    .command('lint')
    .description('check the names, units and privacy of a catalogue')
    .argument('<catalog>', 'module that exports your catalogue')
    .option('--json', 'findings as JSON')
    .addHelpText('after', examples('quipu lint ./catalog.js'))
    .action((file: string, options: CheckOptions) =>
      run(async () => (await import('./catalogue/lint-catalog.js')).lintCatalog(file, options, io)),
    )
  program
    .command('diff')
    .description('list the changes between two catalogues; exit with 3 if a query or board can break')
    .argument('<before>', 'module that exports the old catalogue')
    .argument('<after>', 'module that exports the new one')
    .option('--json', 'changes as JSON')
    .addHelpText('after', examples('quipu diff ./released/catalog.js ./catalog.js'))
    .action((before: string, after: string, options: CheckOptions) =>
      run(async () => (await import('./catalogue/lint-catalog.js')).diffCatalogs(before, after, options, io)),
    )
}

function addDoctor(program: Command, io: CommandIo, run: Run): void {
  program
    .command('doctor')
    .description('check the installation, the environment and a running application; exit with 3 if there is a problem')
    .argument('[url]', 'address of the application, such as http://127.0.0.1:9464')
    .option('--token <token>', 'token of its pages; or QUIPU_PROMETHEUS_TOKEN')
    .option('--json', 'findings as JSON')
    .addHelpText('after', examples('quipu doctor', 'quipu doctor http://127.0.0.1:9464'))
    .action((url: string | undefined, options: DoctorOptions) =>
      run(async () => (await import('./doctor/run-doctor.js')).runDoctor(url, options, io)),
    )
}
