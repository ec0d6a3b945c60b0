export async function register() {
  // In a block, because webpack leaves out of the edge runtime only what such a block imports.
  if (process.env.NEXT_RUNTIME === 'nodejs') {
    const [{ quipuNext }, { start }] = await Promise.all([import('@quipu/http/next'), import('@quipu/sdk')])
    quipuNext({
      quipu: start({ serviceName: 'next-example', prometheus: { port: Number(process.env.METRICS_PORT ?? 9464) } }),
    })
  }
}
