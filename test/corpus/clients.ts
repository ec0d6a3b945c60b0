import type { Client } from './client.js'
import { frameworkClients } from './clients-frameworks.js'
import { httpClients } from './clients-http.js'
import { http2Clients } from './clients-http2.js'
import { openaiClients } from './clients-openai.js'
import { providerClients } from './clients-providers.js'

/** Every client of the table, in its order. */
export const clients: readonly Client[] = [
  ...openaiClients,
  ...providerClients,
  ...frameworkClients,
  ...httpClients,
  ...http2Clients,
]
