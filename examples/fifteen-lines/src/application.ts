/** The work of the application. */
export async function analyzeThreats(input: string): Promise<string> {
  return input.includes('open port') ? 'one threat' : 'no threats'
}

export async function upload(_file: string): Promise<void> {}
