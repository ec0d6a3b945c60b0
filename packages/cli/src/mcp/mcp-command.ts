import type { Command } from 'commander'
import { examples, type Run } from '../terminal/help.js'
import type { CommandIo } from '../terminal/io.js'

/** Adds `quipu mcp`. */
export function addMcpCommand(program: Command, io: CommandIo, run: Run): void {
  program
    .command('mcp')
    .description('serve activity logs and pages to a model: a read-only MCP server on standard input')
    .argument('<targets...>', 'activity logs, also .gz, and the address of an application; nothing else can be read')
    .option('--token <token>', 'token of the pages of the application; or QUIPU_PROMETHEUS_TOKEN')
    .addHelpText(
      'after',
      examples(
        'quipu mcp activity.log',
        'quipu mcp activity.log activity.log.1.gz http://localhost:9464',
        'claude mcp add quipu -- npx @quipu/cli mcp activity.log',
      ),
    )
    .action((targets: readonly string[], options: { readonly token?: string }) =>
      run(async () => (await import('./run-mcp.js')).runMcp(targets, options, io)),
    )
}
