export async function register() {
  // In a block, as Next documents it: webpack excludes from the edge runtime only imports in such a block.
  if (process.env.NEXT_RUNTIME === 'nodejs') {
    if (process.env.INSTRUMENTED !== '1') return
    const [{ quipuNext }, { start }] = await Promise.all([import('@quipu/http/next'), import('@quipu/sdk')])
    const { userOf } = await import('./user')
    const quipu = start({ prometheus: { port: 0 } })
    quipuNext({ quipu, user: userOf })
    process.stdout.write(`instrumented · pages ${(await quipu.ready).urls.custom}\n`)
  }
}

export async function onRequestError(...args) {
  if (process.env.INSTRUMENTED !== '1') return
  if (process.env.NEXT_RUNTIME === 'nodejs') {
    const { onRequestError: note } = await import('@quipu/http/next')
    note(...args)
  }
}
