import { CommanderError } from 'commander'
import { createProgram } from './program.js'
import { type CommandIo, exitCodes, UsageError } from './terminal/io.js'

/**
 * Runs the command with these arguments, without those of Node.
 *
 * @returns the exit code: 0 ok, 1 failed, 2 wrong arguments, 3 findings; never throws, and never ends the process
 */
export async function runCli(args: readonly string[], io: CommandIo): Promise<number> {
  let code: number = exitCodes.ok
  const program = createProgram(io, async (work) => {
    code = await work()
  })
  try {
    await program.parseAsync(args, { from: 'user' })
    return code
  } catch (error) {
    // Commander has printed the message already; a request for help is not an error.
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage
    io.err(`quipu: ${error instanceof Error ? error.message : String(error)}`)
    return error instanceof UsageError ? exitCodes.usage : exitCodes.failure
  }
}
