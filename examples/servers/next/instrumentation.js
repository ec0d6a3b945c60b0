export async function register() {
  // In a block, because webpack leaves only the imports of such a block out of the edge runtime.
  if (process.env.NEXT_RUNTIME === 'nodejs') {
    const [{ quipuNext }, { start }] = await Promise.all([import('@quipu/http/next'), import('@quipu/sdk')])
    quipuNext({
      quipu: start({ serviceName: 'next-example', prometheus: { port: Number(process.env.METRICS_PORT ?? 9464) } }),
    })
  }
}
