import { Argument, type Command } from 'commander'
import { examples, type Run } from '../terminal/help.js'
import { type CommandIo, exitCodes } from '../terminal/io.js'

/** Adds `quipu completion`. */
export function addCompletionCommand(program: Command, io: CommandIo, run: Run): void {
  program
    .command('completion')
    .description('print the script that completes commands, options and files in a shell')
    .addArgument(new Argument('<shell>', 'the shell').choices(['bash', 'zsh', 'fish']))
    .addHelpText(
      'after',
      examples(
        'quipu completion bash >> ~/.bashrc',
        'quipu completion zsh >> ~/.zshrc',
        'quipu completion fish > ~/.config/fish/completions/quipu.fish',
      ),
    )
    .action((shell: 'bash' | 'zsh' | 'fish') =>
      run(async () => {
        const { completionScripts } = await import('./completion-scripts.js')
        await io.out(completionScripts[shell](program.commands))
        return exitCodes.ok
      }),
    )
}
