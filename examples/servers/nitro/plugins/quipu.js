import { quipuNitro } from '@quipu/http/nitro'
import { start } from '@quipu/sdk'

export default quipuNitro({
  quipu: start({ serviceName: 'nitro-example', prometheus: { port: Number(process.env.METRICS_PORT ?? 9464) } }),
})
