/** The answer of a tool. */
export interface ToolAnswer {
  readonly [key: string]: unknown
  readonly content: { type: 'text'; text: string }[]
  readonly isError?: boolean
}

/** Hints for clients: each tool only reads, and reads nothing but its targets. */
export const readOnly = { readOnlyHint: true, openWorldHint: false }

/** Runs a tool, and returns its result as JSON or its error as text, so that the model can correct the arguments. */
export async function answer(work: () => Promise<unknown>): Promise<ToolAnswer> {
  try {
    return { content: [{ type: 'text', text: JSON.stringify(await work()) }] }
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error)
    return { content: [{ type: 'text', text }], isError: true }
  }
}
